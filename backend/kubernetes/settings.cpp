#include "kubernetes/settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

namespace qd::kubernetes {
namespace {

constexpr std::size_t most_namespaces = 16;  // each is watched by two threads

/// RFC 1123's label, which a namespace's name is.
bool is_namespace_name(const std::string& name) {
    const auto fine = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !name.empty() && name.size() <= 63 && std::ranges::all_of(name, fine) && name.front() != '-' &&
           name.back() != '-';
}

}  // namespace

std::optional<ArgoSettings> read_argo(core::ConfigReader& reader) {
    if (!reader.has("argo")) return std::nullopt;
    core::ConfigReader given = reader.child("argo");
    ArgoSettings settings;
    std::string file = given.get<std::string>("kubeconfig", "");
    if (const char* home = std::getenv("HOME"); home != nullptr && file.starts_with("~/"))
        file.replace(0, 1, home);
    settings.kubeconfig = file;
    settings.context = given.get<std::string>("context", "");
    settings.options.read_only = given.get<bool>("read_only", false);
    settings.options.namespaces = given.get<std::vector<std::string>>("namespaces", {});
    const auto& names = settings.options.namespaces;
    if (names.size() > most_namespaces)
        given.reject("namespaces", fmt::format("are too many: at most {}, or all of them", most_namespaces));
    if (std::set<std::string>(names.begin(), names.end()).size() != names.size())
        given.reject("namespaces", "hold one twice");
    for (const std::string& name : names)
        if (!is_namespace_name(name)) given.reject("namespaces", "'" + name + "' is no namespace's name");
    (void)given.finish();
    reader.merge(given);
    return settings;
}

}  // namespace qd::kubernetes
