#include "kubernetes/kubeconfig.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>

#include "core/files.hpp"
#include "kubernetes/base64.hpp"

namespace qd::kubernetes {
namespace {

using core::Errc;
using core::fail;
using core::Result;

constexpr std::uint64_t most_kubeconfig_bytes = 1u << 20;
constexpr std::size_t most_entries = 1'000;
constexpr const char* auth_group = "client.authentication.k8s.io/";

/// A mapping of a file, with where it stands for messages. The first misfit is kept.
class Section {
public:
    Section(const YAML::Node& node, std::filesystem::path file, std::string path)
        : node_(node.IsDefined() ? node : YAML::Node()), file_(std::move(file)), path_(std::move(path)) {}

    bool has(const char* key) const {
        return node_.IsMap() && node_[key].IsDefined() && !node_[key].IsNull();
    }
    std::string text(const char* key) {
        if (!has(key)) return {};
        const YAML::Node value = node_[key];
        if (value.IsScalar()) return value.Scalar();
        refuse(key, "is no text");
        return {};
    }
    bool flag(const char* key) {
        bool value = false;
        if (has(key) && !YAML::convert<bool>::decode(node_[key], value))
            refuse(key, "is neither true nor false");
        return value;
    }
    Section child(const char* key) const {
        return Section(node_.IsMap() ? node_[key] : YAML::Node(), file_, path_ + "." + key);
    }
    /// A path is meant from the folder of its file.
    std::filesystem::path file(const char* key) {
        const std::string path = text(key);
        return path.empty() ? std::filesystem::path() : (file_.parent_path() / path).lexically_normal();
    }
    Pem pem(const std::string& key) {
        Pem read{file(key.c_str()), {}};
        const std::string data_key = key + "-data";
        if (const std::string data = text(data_key.c_str()); !data.empty()) {
            const auto decoded = decode_base64(data);
            if (!decoded) refuse(data_key, "is no base64");
            read.text = decoded.value_or("");
        }
        return read;
    }
    void refuse(std::string_view key, std::string_view reason) {
        if (!error_)
            error_ =
                core::Error{Errc::config, fmt::format("{}: {}.{}: {}", file_.string(), path_, key, reason)};
    }
    const std::optional<core::Error>& error() const { return error_; }
    const YAML::Node& node() const { return node_; }
    const std::filesystem::path& from() const { return file_; }

private:
    YAML::Node node_;
    std::filesystem::path file_;
    std::string path_;
    std::optional<core::Error> error_;
};

struct Merged {
    std::map<std::string, Section> clusters, users, contexts;
    std::string current_context;
    std::size_t files = 0;
};

Result<> merge_entries(const YAML::Node& root, const std::filesystem::path& file, const char* list,
                       const char* kind, std::map<std::string, Section>& into) {
    const YAML::Node entries = root[list];
    if (!entries.IsDefined() || entries.IsNull()) return {};
    if (!entries.IsSequence()) return fail(Errc::config, "{}: {}: is no list", file.string(), list);
    if (entries.size() > most_entries)
        return fail(Errc::config, "{}: {}: has more than {} entries", file.string(), list, most_entries);
    for (const YAML::Node& entry : entries) {
        if (!entry.IsMap() || !entry["name"].IsDefined() || !entry["name"].IsScalar())
            return fail(Errc::config, "{}: {}: an entry has no name", file.string(), list);
        const std::string name = entry["name"].Scalar();
        into.emplace(name, Section(entry[kind], file, fmt::format("{}[{}].{}", list, name, kind)));
    }
    return {};
}

Result<> merge_file(const std::filesystem::path& file, Merged& merged) {
    const auto text = core::read_file(file, most_kubeconfig_bytes);
    if (!text) return fail(Errc::config, "{}", text.error().message);
    YAML::Node root;
    try {
        root = YAML::Load(*text);
    } catch (const YAML::Exception& error) {
        return fail(Errc::config, "{}:{}: {}", file.string(), error.mark.line + 1, error.msg);
    }
    ++merged.files;
    if (!root.IsDefined() || root.IsNull()) return {};
    if (!root.IsMap()) return fail(Errc::config, "{}: is no kubeconfig", file.string());
    if (auto ok = merge_entries(root, file, "clusters", "cluster", merged.clusters); !ok) return ok;
    if (auto ok = merge_entries(root, file, "users", "user", merged.users); !ok) return ok;
    if (auto ok = merge_entries(root, file, "contexts", "context", merged.contexts); !ok) return ok;
    const YAML::Node current = root["current-context"];
    if (merged.current_context.empty() && current.IsDefined() && current.IsScalar())
        merged.current_context = current.Scalar();
    return {};
}

void read_exec(Section user, ClusterAccess& access, std::optional<core::Error>& error) {
    Section exec = user.child("exec");
    ExecPlugin plugin;
    plugin.api_version = exec.text("apiVersion");
    const std::string mode = exec.text("interactiveMode");
    if (plugin.api_version != std::string(auth_group) + "v1" &&
        plugin.api_version != std::string(auth_group) + "v1beta1")
        exec.refuse("apiVersion", fmt::format("must be {0}v1 or {0}v1beta1", auth_group));
    if (mode.empty() && plugin.api_version.ends_with("/v1")) exec.refuse("interactiveMode", "is missing");
    if (mode == "Always")
        exec.refuse("interactiveMode", "nobody sits at a terminal here: 'Always' cannot be");
    plugin.command = exec.text("command");
    if (plugin.command.empty()) exec.refuse("command", "is missing");
    if (plugin.command.find('/') != std::string::npos) plugin.command = exec.file("command").string();
    plugin.install_hint = exec.text("installHint");
    plugin.provide_cluster_info = exec.flag("provideClusterInfo");
    const YAML::Node args = exec.has("args") ? exec.node()["args"] : YAML::Node(YAML::NodeType::Sequence);
    if (!args.IsSequence() || args.size() > most_entries) exec.refuse("args", "is no list of texts");
    for (const YAML::Node& argument : args) {
        if (argument.IsScalar())
            plugin.args.push_back(argument.Scalar());
        else
            exec.refuse("args", "is no list of texts");
    }
    const YAML::Node env = exec.has("env") ? exec.node()["env"] : YAML::Node(YAML::NodeType::Sequence);
    if (!env.IsSequence() || env.size() > most_entries) exec.refuse("env", "is no list of {name, value}");
    for (const YAML::Node& variable : env) {
        if (variable.IsMap() && variable["name"].IsDefined() && variable["name"].IsScalar())
            plugin.env[variable["name"].Scalar()] =
                variable["value"].IsDefined() && variable["value"].IsScalar() ? variable["value"].Scalar()
                                                                              : "";
        else
            exec.refuse("env", "is no list of {name, value}");
    }
    access.exec = std::move(plugin);
    error = exec.error();
}

std::optional<core::Error> read_user(Section user, ClusterAccess& access) {
    access.token = user.text("token");
    access.token_file = user.file("tokenFile");
    access.certificate = user.pem("client-certificate");
    access.key = user.pem("client-key");
    if (user.has("auth-provider"))
        user.refuse("auth-provider", "is not supported (Kubernetes dropped it in 1.26): use an exec plugin");
    if (user.has("username") || user.has("password"))
        user.refuse("username",
                    "is not supported (Kubernetes dropped it in 1.19): use a token or a certificate");
    if (user.has("as")) user.refuse("as", "acting as somebody else is not supported");
    std::optional<core::Error> error;
    if (user.has("exec")) read_exec(user, access, error);
    if (user.error()) return user.error();
    if (error) return error;
    if (access.certificate == Pem{} ? access.key != Pem{} : access.key == Pem{})
        user.refuse("client-certificate", "a certificate and its key belong together");
    return user.error();
}

std::optional<core::Error> read_cluster(Section cluster, ClusterAccess& access) {
    access.server = cluster.text("server");
    while (access.server.ends_with('/')) access.server.pop_back();
    access.authority = cluster.pem("certificate-authority");
    access.tls_server_name = cluster.text("tls-server-name");
    access.insecure = cluster.flag("insecure-skip-tls-verify");
    if (cluster.has("proxy-url")) cluster.refuse("proxy-url", "is not supported: set HTTPS_PROXY instead");
    if (!access.server.starts_with("https://") && !access.server.starts_with("http://"))
        cluster.refuse("server", "must begin with https:// or http://");
    if (access.insecure && access.authority != Pem{})
        cluster.refuse("insecure-skip-tls-verify", "contradicts the certificate authority beside it");
    return cluster.error();
}

Result<ClusterAccess> in_cluster(const Places& places) {
    ClusterAccess access;
    access.context = "in-cluster";
    access.user = "service account";
    const bool v6 = places.service_host.find(':') != std::string::npos;
    access.server = fmt::format("https://{}{}{}:{}", v6 ? "[" : "", places.service_host, v6 ? "]" : "",
                                places.service_port.empty() ? "443" : places.service_port);
    access.token_file = places.service_account / "token";
    access.authority.file = places.service_account / "ca.crt";
    if (auto token = core::read_file(access.token_file, 64 << 10); !token)
        return fail(Errc::config, "{}", token.error().message);
    if (auto name = core::read_file(places.service_account / "namespace", 4 << 10); name && !name->empty()) {
        access.default_namespace = *name;
        while (access.default_namespace.ends_with('\n')) access.default_namespace.pop_back();
    }
    return access;
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

}  // namespace

Places default_places(const std::filesystem::path& kubeconfig) {
    Places places;
    places.service_host = environment("KUBERNETES_SERVICE_HOST");
    places.service_port = environment("KUBERNETES_SERVICE_PORT");
    if (!kubeconfig.empty()) {
        places.files = {kubeconfig};
        places.must_exist = true;
        return places;
    }
    const std::string list = environment("KUBECONFIG");
    std::size_t begin = 0;
    while (begin < list.size()) {
        const std::size_t end = std::min(list.find(':', begin), list.size());
        if (end > begin) places.files.emplace_back(list.substr(begin, end - begin));
        begin = end + 1;
    }
    if (const std::string home = environment("HOME"); places.files.empty() && !home.empty())
        places.files = {std::filesystem::path(home) / ".kube" / "config"};
    return places;
}

Result<ClusterAccess> resolve_access(const Places& places, const std::string& context) {
    Merged merged;
    for (const auto& file : places.files) {
        std::error_code error;
        if (!places.must_exist && !std::filesystem::exists(file, error)) continue;
        if (auto ok = merge_file(file, merged); !ok) return core::Failure(ok.error());
    }
    if (merged.files == 0) {
        if (!places.service_host.empty()) return in_cluster(places);
        return fail(Errc::config, "there is no kubeconfig (looked at {}), and this is no pod of a cluster",
                    places.files.empty() ? "nothing" : places.files.front().string());
    }
    ClusterAccess access;
    access.context = context.empty() ? merged.current_context : context;
    if (access.context.empty())
        return fail(Errc::config, "{}: current-context: is missing, and no context was asked for",
                    places.files.front().string());
    const auto chosen = merged.contexts.find(access.context);
    if (chosen == merged.contexts.end())
        return fail(Errc::config, "{}: contexts: there is none named '{}'", places.files.front().string(),
                    access.context);
    Section& section = chosen->second;
    const std::string cluster = section.text("cluster");
    access.user = section.text("user");
    if (const std::string name = section.text("namespace"); !name.empty()) access.default_namespace = name;
    const auto cluster_at = merged.clusters.find(cluster);
    const auto user_at = merged.users.find(access.user);
    if (cluster_at == merged.clusters.end())
        section.refuse("cluster", fmt::format("there is no cluster named '{}'", cluster));
    if (!access.user.empty() && user_at == merged.users.end())
        section.refuse("user", fmt::format("there is no user named '{}'", access.user));
    if (section.error()) return core::Failure(*section.error());
    if (const auto error = read_cluster(cluster_at->second, access)) return core::Failure(*error);
    if (user_at != merged.users.end())
        if (const auto error = read_user(user_at->second, access)) return core::Failure(*error);
    return access;
}

}  // namespace qd::kubernetes
