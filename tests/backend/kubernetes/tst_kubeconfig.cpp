// kubeconfig: which file, which context, which user; and errors that name where they are.

#include <QTemporaryDir>
#include <QtTest>

#include "core/files.hpp"
#include "kubernetes/base64.hpp"
#include "kubernetes/kubeconfig.hpp"

using namespace qd;
using namespace qd::kubernetes;
using core::Errc;

class TestKubeconfig : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::filesystem::path file(const std::string& name, const std::string& text) const {
        const std::filesystem::path path = folder_.path().toStdString() + "/" + name;
        if (!core::write_file_atomically(path, text)) qFatal("no file");
        return path;
    }
    static Places only(std::vector<std::filesystem::path> files) {
        Places places;
        places.files = std::move(files);
        return places;
    }
    std::string refused(const std::string& cluster, const std::string& user) const {
        const auto path = file("bad",
                               "current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\n"
                               "clusters: [{name: c, cluster: " +
                                   cluster +
                                   "}]\n"
                                   "users: [{name: u, user: " +
                                   user + "}]\n");
        const auto access = resolve_access(only({path}));
        if (access) return "accepted";
        if (access.error().code != Errc::config || !access.error().message.starts_with(path.string()))
            return "?";
        return access.error().message.substr(path.string().size());
    }

private slots:
    void reads_the_current_context() {
        const auto path = file("config", R"(
apiVersion: v1
kind: Config
current-context: prod
contexts:
- {name: prod, context: {cluster: east, user: ops, namespace: shop}}
- {name: test, context: {cluster: west, user: ops}}
clusters:
- {name: east, cluster: {server: 'https://east:6443/', certificate-authority: pki/ca.pem, tls-server-name: kube}}
- {name: west, cluster: {server: 'https://west:6443', insecure-skip-tls-verify: true}}
users:
- {name: ops, user: {token: abc, client-certificate-data: Q0VSVA==, client-key: /abs/key.pem}}
)");
        const auto access = resolve_access(only({path}));
        QVERIFY2(access, access ? "" : access.error().message.c_str());
        QCOMPARE(access->server, std::string("https://east:6443"));
        QCOMPARE(access->authority.file, path.parent_path() / "pki/ca.pem");
        QCOMPARE(access->tls_server_name, std::string("kube"));
        QCOMPARE(access->default_namespace, std::string("shop"));
        QCOMPARE(access->token, std::string("abc"));
        QCOMPARE(access->certificate.text, std::string("CERT"));
        QCOMPARE(access->key.file, std::filesystem::path("/abs/key.pem"));
        const auto other = resolve_access(only({path}), "test");
        QVERIFY(other);
        QVERIFY(other->insecure);
        QCOMPARE(other->default_namespace, std::string("default"));
    }

    void of_several_files_the_first_wins() {
        const auto first = file("one", "current-context: a\nusers: [{name: u, user: {token: first}}]\n");
        const auto second = file("two", R"(
current-context: b
contexts: [{name: a, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: 'http://c'}}]
users: [{name: u, user: {token: second}}]
)");
        const auto access = resolve_access(only({folder_.path().toStdString() + "/missing", first, second}));
        QVERIFY2(access, access ? "" : access.error().message.c_str());
        QCOMPARE(access->context, std::string("a"));
        QCOMPARE(access->token, std::string("first"));
    }

    void errors_name_file_and_field() {
        const std::string fine = "{server: 'https://c'}";
        QCOMPARE(refused(fine, "{token: a}"), std::string("accepted"));
        QVERIFY(refused("{server: c}", "{}").starts_with(": clusters[c].cluster.server: must begin"));
        QVERIFY(refused("{server: 'https://c', proxy-url: 'http://p'}", "{}")
                    .find("proxy-url: is not supported") != std::string::npos);
        QVERIFY(refused("{server: 'https://c', certificate-authority-data: '%%%'}", "{}")
                    .ends_with("certificate-authority-data: is no base64"));
        QVERIFY(refused(fine, "{auth-provider: {name: gcp}}")
                    .find("users[u].user.auth-provider: is not supported") != std::string::npos);
        QVERIFY(refused(fine, "{username: a, password: b}").find("username: is not supported") !=
                std::string::npos);
        QVERIFY(refused(fine, "{client-certificate: a}").find("belong together") != std::string::npos);
        QVERIFY(refused(fine, "{token: [a]}").ends_with("users[u].user.token: is no text"));
        QVERIFY(refused(fine, "{exec: {apiVersion: v7, command: a}}").find("exec.apiVersion: must be") !=
                std::string::npos);
        QVERIFY(refused(fine, "{exec: {apiVersion: client.authentication.k8s.io/v1, command: a}}")
                    .ends_with("exec.interactiveMode: is missing"));
        QVERIFY(
            refused(
                fine,
                "{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always, command: a}}")
                .find("Always") != std::string::npos);
    }

    void what_is_no_kubeconfig_is_refused() {
        for (const char* text :
             {"[1, 2]", "a: [", "contexts: 7", "clusters: [7]", "contexts: [{context: {}}]",
              "current-context: x", "", "current-context: x\ncontexts: [{name: x}]"}) {
            const auto access = resolve_access(only({file("junk", text)}));
            QVERIFY2(!access, text);
            QCOMPARE(access.error().code, Errc::config);
        }
        const auto large = resolve_access(only({file("large", std::string(2u << 20, ' '))}));
        QVERIFY(!large);
    }

    void exec_plugins_are_read() {
        const auto path = file("exec", R"(
current-context: a
contexts: [{name: a, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: 'http://c'}}]
users:
- name: u
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      interactiveMode: Never
      command: ./bin/login
      args: [token, --cluster, 7]
      env: [{name: PROFILE, value: ops}]
      installHint: Install it.
      provideClusterInfo: true
)");
        const auto access = resolve_access(only({path}));
        QVERIFY2(access, access ? "" : access.error().message.c_str());
        QCOMPARE(access->exec->command, (path.parent_path() / "bin/login").string());
        QCOMPARE(access->exec->args, (std::vector<std::string>{"token", "--cluster", "7"}));
        QCOMPARE(access->exec->env.at("PROFILE"), std::string("ops"));
        QVERIFY(access->exec->provide_cluster_info);
    }

    void a_pod_uses_its_service_account() {
        Places places;
        places.service_account = folder_.path().toStdString();
        places.service_host = "fd00::1";
        places.service_port = "443";
        QVERIFY(!resolve_access(places));  // no token
        file("token", "secret\n");
        file("namespace", "shop\n");
        const auto access = resolve_access(places);
        QVERIFY(access);
        QCOMPARE(access->server, std::string("https://[fd00::1]:443"));
        QCOMPARE(access->default_namespace, std::string("shop"));
        QCOMPARE(access->token_file, places.service_account / "token");
    }

    void nothing_at_all_says_where_it_looked() {
        const auto access = resolve_access(only({"/nowhere/config"}));
        QVERIFY(!access);
        QVERIFY(access.error().message.find("/nowhere/config") != std::string::npos);
    }

    void base64_goes_both_ways() {
        for (const std::string text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"})
            QCOMPARE(decode_base64(encode_base64(text)), std::optional(text));
        QCOMPARE(encode_base64("fooba"), std::string("Zm9vYmE="));
        for (const char* bad : {"Zg", "Zg=", "Z===", "Zg==Zg==", "Zm9*"}) QVERIFY2(!decode_base64(bad), bad);
    }
};

QTEST_GUILESS_MAIN(TestKubeconfig)
#include "tst_kubeconfig.moc"
