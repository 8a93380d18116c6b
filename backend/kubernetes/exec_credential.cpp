#include "kubernetes/exec_credential.hpp"

#include "core/files.hpp"
#include "core/json_fields.hpp"
#include "kubernetes/base64.hpp"
#include "kubernetes/command.hpp"

namespace qd::kubernetes {

using core::Errc;
using core::fail;
using core::Result;
using nlohmann::json;

std::string exec_info(const ExecPlugin& plugin, const ClusterAccess& access) {
    json spec{{"interactive", false}};
    if (plugin.provide_cluster_info) {
        json cluster{{"server", access.server}};
        if (!access.tls_server_name.empty()) cluster["tls-server-name"] = access.tls_server_name;
        if (access.insecure) cluster["insecure-skip-tls-verify"] = true;
        std::string authority = access.authority.text;
        if (authority.empty() && !access.authority.file.empty())
            authority = core::read_file(access.authority.file, 1u << 20).value_or("");
        if (!authority.empty()) cluster["certificate-authority-data"] = encode_base64(authority);
        spec["cluster"] = std::move(cluster);
    }
    return core::dump_json(
        {{"apiVersion", plugin.api_version}, {"kind", "ExecCredential"}, {"spec", std::move(spec)}});
}

Result<ExecCredential> parse_exec_credential(std::string_view output, const ExecPlugin& plugin) {
    const auto value = core::parse_json(output, 1u << 20);
    if (!value || !value->is_object())
        return fail(Errc::unauthenticated, "{} printed no JSON of an ExecCredential", plugin.command);
    core::JsonFields fields(*value);
    const std::string kind = fields.text("kind", 200), version = fields.text("apiVersion", 200);
    if (kind != "ExecCredential") fields.refuse("kind", "is not ExecCredential");
    if (version != plugin.api_version)
        fields.refuse("apiVersion", "is not the " + plugin.api_version + " asked for");
    core::JsonFields status(fields.object("status"));
    ExecCredential credential;
    credential.token = status.text("token", 64 << 10);
    credential.certificate_pem = status.text("clientCertificateData", 256 << 10);
    credential.key_pem = status.text("clientKeyData", 256 << 10);
    credential.expires_at = status.time("expirationTimestamp");
    if (credential.certificate_pem.empty() != credential.key_pem.empty())
        status.refuse("clientCertificateData", "a certificate and its key belong together");
    if (credential.token.empty() && credential.certificate_pem.empty())
        status.refuse("token", "is missing, and so is a certificate");
    fields.merge("status", status.finish());
    if (const auto ok = fields.finish(); !ok)
        return fail(Errc::unauthenticated, "what {} printed is no credential: {}", plugin.command,
                    ok.error().message);
    return credential;
}

Result<ExecCredential> run_exec_plugin(const ClusterAccess& access, std::chrono::milliseconds deadline,
                                       std::stop_token stop) {
    const ExecPlugin& plugin = *access.exec;
    const auto hinted = [&](std::string message) {
        if (!plugin.install_hint.empty()) message += ". " + plugin.install_hint.substr(0, 2'000);
        return core::Failure(core::Error{Errc::unauthenticated, std::move(message)});
    };
    Command command;
    command.argv = {plugin.command};
    command.argv.insert(command.argv.end(), plugin.args.begin(), plugin.args.end());
    command.env = plugin.env;
    command.env["KUBERNETES_EXEC_INFO"] = exec_info(plugin, access);
    command.deadline = deadline;
    const auto ended = run_command(command, stop);
    if (!ended) {
        if (ended.error().code == Errc::cancelled) return core::Failure(ended.error());
        return hinted("the credential plugin: " + ended.error().message);
    }
    if (ended->exit_code != 0) {
        std::string said = ended->troubles;
        while (!said.empty() && (said.back() == '\n' || said.back() == ' ')) said.pop_back();
        return hinted(fmt::format("the credential plugin {} ended with code {}{}{}", plugin.command,
                                  ended->exit_code, said.empty() ? "" : ": ", said));
    }
    auto credential = parse_exec_credential(ended->output, plugin);
    if (!credential) return hinted(credential.error().message);
    return credential;
}

}  // namespace qd::kubernetes
