// What a refusal of the API server is told as.

#include <QtTest>

#include "kubernetes/api_call.hpp"

using namespace qd;
using namespace qd::kubernetes;
using core::Errc;

class TestApiCall : public QObject {
    Q_OBJECT

    static ApiCall call() {
        ApiCall call;
        call.verb = "patch";
        call.resource = rollouts_resource;
        call.space = "shop";
        call.name = "web";
        call.subresource = "status";
        return call;
    }
    static std::string status(const std::string& message) {
        return "{\"kind\":\"Status\",\"message\":\"" + message + "\"}";
    }

private slots:
    void a_refusal_by_rbac_says_which_rule_is_missing() {
        const auto error =
            explain(call(), 403, status("User 'ops' cannot patch resource 'rollouts/status'"), "ops");
        QCOMPARE(error.code, Errc::permission_denied);
        QCOMPARE(
            error.message,
            std::string(
                "Kubernetes refuses to patch rollouts/status web in namespace shop: User 'ops' cannot patch "
                "resource 'rollouts/status'. A Role in namespace shop with the rule {apiGroups: "
                "[\"argoproj.io\"], resources: [\"rollouts/status\"], verbs: [\"patch\"]}, bound to it, "
                "would "
                "allow this"));
        ApiCall everywhere;
        everywhere.verb = "watch";
        everywhere.resource = rollouts_resource;
        QVERIFY(explain(everywhere, 403, "", "ops").message.find("A ClusterRole with the rule") !=
                std::string::npos);
    }

    void other_refusals_have_their_codes() {
        QCOMPARE(explain(call(), 401, status("Unauthorized"), "ops").code, Errc::unauthenticated);
        QCOMPARE(explain(call(), 404, status("rollouts 'web' not found"), "ops").code, Errc::not_found);
        QVERIFY(
            explain(call(), 404, "404 page not found", "ops").message.find("is Argo Rollouts installed?") !=
            std::string::npos);
        const auto conflict = explain(call(), 409, status("the object has been modified"), "ops");
        QCOMPARE(conflict.code, Errc::conflict);
        QVERIFY(conflict.message.find("look at it again") != std::string::npos);
        QCOMPARE(explain(call(), 429, "", "ops").code, Errc::rate_limited);
        QCOMPARE(explain(call(), 500, "oops", "ops").code, Errc::unavailable);
        const auto invalid = explain(
            call(), 422,
            R"({"kind":"Status","message":"invalid","details":{"causes":[{"field":"spec.paused","message":"no"}]}})",
            "ops");
        QCOMPARE(invalid.code, Errc::unprocessable);
        QVERIFY(invalid.message.find("spec.paused: no") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestApiCall)
#include "tst_api_call.moc"
