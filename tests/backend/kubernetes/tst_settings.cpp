// The mapping `argo` of opsd's configuration.

#include <QtTest>

#include "kubernetes/settings.hpp"

using namespace qd;

class TestSettings : public QObject {
    Q_OBJECT

    static std::string refused(const std::string& text) {
        auto reader = core::ConfigReader::parse(text, "opsd.yaml");
        (void)kubernetes::read_argo(*reader);
        const auto done = reader->finish();
        return done ? "" : done.error().message;
    }

private slots:
    void reads_what_is_given() {
        auto reader = core::ConfigReader::parse(
            "argo: {kubeconfig: /etc/kube, context: prod, namespaces: [shop, billing], read_only: true}",
            "opsd.yaml");
        const auto settings = kubernetes::read_argo(*reader);
        QVERIFY(reader->finish());
        QVERIFY(settings);
        QCOMPARE(settings->kubeconfig, std::filesystem::path("/etc/kube"));
        QCOMPARE(settings->context, std::string("prod"));
        QCOMPARE(settings->options.namespaces, (std::vector<std::string>{"shop", "billing"}));
        QVERIFY(settings->options.read_only);
    }
    void absent_means_no_cluster() {
        auto reader = core::ConfigReader::parse("{}", "opsd.yaml");
        QVERIFY(!kubernetes::read_argo(*reader));
    }
    void wrong_values_are_named() {
        QVERIFY(refused("argo: {namespaces: [Shop]}").find("'Shop' is no namespace's name") !=
                std::string::npos);
        QVERIFY(refused("argo: {namespaces: [a, a]}").find("hold one twice") != std::string::npos);
        QVERIFY(refused("argo: {readonly: true}").find("readonly") != std::string::npos);
        QVERIFY(refused("argo: {read_only: maybe}").find("read_only") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestSettings)
#include "tst_settings.moc"
