#pragma once
// Which cluster is spoken to and as whom, by kubectl's rules: the files of $KUBECONFIG merged (of each name
// the first counts), else ~/.kube/config, else the service account of the pod this runs in.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace qd::kubernetes {

/// A file, or what would be in it; of both the text counts.
struct Pem {
    std::filesystem::path file;
    std::string text;

    bool operator==(const Pem&) const = default;
};

/// A program that prints credentials (client.authentication.k8s.io).
struct ExecPlugin {
    std::string api_version;  // "client.authentication.k8s.io/v1" or "…/v1beta1"
    std::string command;      // a path, or a name to be found in PATH
    std::vector<std::string> args;
    std::map<std::string, std::string> env;  // besides opsd's own
    std::string install_hint;
    bool provide_cluster_info = false;

    bool operator==(const ExecPlugin&) const = default;
};

struct ClusterAccess {
    std::string context;  // "in-cluster" for a pod's service account
    std::string server;   // "https://host:6443", without a slash at its end
    Pem authority;        // none: the system's
    std::string tls_server_name;
    bool insecure = false;
    std::string default_namespace = "default";

    std::string user;                  // its name in the file
    std::string token;                 // sent as a bearer
    std::filesystem::path token_file;  // goes before `token`; read again for each request
    Pem certificate, key;
    std::optional<ExecPlugin> exec;

    bool operator==(const ClusterAccess&) const = default;
};

/// Where to look; default_places() fills it from the environment.
struct Places {
    std::vector<std::filesystem::path> files;  // in their order; what does not exist is passed over
    bool must_exist = false;                   // a file named on purpose
    std::filesystem::path service_account = "/var/run/secrets/kubernetes.io/serviceaccount";
    std::string service_host, service_port;  // KUBERNETES_SERVICE_HOST and _PORT
};

/// `kubeconfig` empty: as kubectl looks for it.
Places default_places(const std::filesystem::path& kubeconfig = {});

/// `context` empty: current-context. Errors (Errc::config) name file and field. Files beyond 1 MiB and more
/// than 1,000 entries of a kind are refused. Keys that are not known are passed over, as kubectl does.
core::Result<ClusterAccess> resolve_access(const Places& places, const std::string& context = {});

}  // namespace qd::kubernetes
