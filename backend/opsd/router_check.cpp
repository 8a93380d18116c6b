#include "opsd/router_check.hpp"

#include <ostream>

#include "haproxy/survey.hpp"
#include "kubernetes/survey.hpp"

namespace qd::opsd {
namespace {

void write_lines(std::ostream& out, const char* before, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) out << "  " << before << line << '\n';
}

bool check_haproxy(const haproxy::Options& options, std::ostream& out) {
    const auto found = haproxy::survey(options);
    if (!found) {
        out << fmt::format(
            "router {}: not reachable\n  trouble: {}\n  trouble: is HAProxy running, has it `stats socket {} "
            "level admin` in its `global` section, and may this user write to it?\n",
            options.name, found.error().message, options.socket);
        return false;
    }
    out << fmt::format("router {}: HAProxy {} at {}{}{}\n", options.name, found->version, options.socket,
                       found->level.empty() ? "" : ", socket of level ", found->level);
    if (!found->backend.empty()) out << "  " << found->backend << '\n';
    write_lines(out, "", found->servers);
    write_lines(out, "trouble: ", found->troubles);
    write_lines(out, "note: ", found->remarks);
    return found->troubles.empty();
}

bool check_argo(const kubernetes::ArgoSettings& settings, const core::Clock& clock, std::ostream& out) {
    const auto access =
        kubernetes::resolve_access(kubernetes::default_places(settings.kubeconfig), settings.context);
    if (!access) {
        out << fmt::format("argo: no way to the cluster\n  trouble: {}\n", access.error().message);
        return false;
    }
    http::Client client;
    kubernetes::Credentials credentials(*access, clock);
    kubernetes::ApiClient api(client, credentials);
    const auto found = kubernetes::survey(api, settings.options);
    if (!found) {
        out << fmt::format("argo: {} (context {}, user {})\n  trouble: {}\n", access->server, access->context,
                           access->user, found.error().message);
        return false;
    }
    out << fmt::format("argo: Kubernetes {} at {} (context {}, user {}){}\n",
                       found->version.empty() ? "of a version it does not tell" : found->version,
                       access->server, access->context, access->user,
                       settings.options.read_only ? ", only looked at" : "");
    write_lines(out, "may in ", found->allowed);
    write_lines(out, "trouble: ", found->troubles);
    return found->troubles.empty();
}

}  // namespace

core::ExitCode check_drivers(const Options& options, const core::Clock& clock, std::ostream& out) {
    bool all_work = true;
    for (const haproxy::Options& router : options.routers) all_work = check_haproxy(router, out) && all_work;
    if (options.argo) all_work = check_argo(*options.argo, clock, out) && all_work;
    return all_work ? core::ExitCode::done : core::ExitCode::unavailable;
}

}  // namespace qd::opsd
