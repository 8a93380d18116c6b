#include <QTest>
#include <random>

#include "core/json_fields.hpp"
#include "rollouts/action_codec.hpp"
#include "rollouts/codec.hpp"
#include "rollouts/policy_codec.hpp"

using namespace qd;
using namespace qd::rollouts;

namespace {

/// Values of every shape, the same for each run.
class Dice {
public:
    explicit Dice(unsigned seed) : engine_(seed) {}
    std::uint64_t below(std::uint64_t end) { return engine_() % end; }
    bool coin() { return below(2) == 1; }
    std::string text() {
        static const std::string letters[] = {"a", "é", "\n", "\"", "\\", " ", "0", "{", "€"};
        std::string text;
        for (auto n = below(7); n > 0; --n) text += letters[below(std::size(letters))];
        return text;
    }
    std::optional<std::string> maybe() { return coin() ? std::optional(text()) : std::nullopt; }
    core::WallTime time() { return core::WallTime(std::chrono::seconds(1'700'000'000 + below(100'000'000))); }

private:
    std::mt19937_64 engine_;
};

ActionPreview preview(Dice& dice) {
    ActionPreview preview;
    preview.action = dice.text();
    for (auto n = dice.below(4); n > 0; --n)
        preview.requests.push_back({dice.text(), dice.text(), dice.text(), dice.text(), dice.text()});
    for (auto n = dice.below(4); n > 0; --n) preview.effects.push_back(dice.text());
    preview.refusal = dice.maybe();
    preview.frozen = dice.maybe();
    preview.version = dice.below(1'000);
    return preview;
}

Freeze freeze(Dice& dice) {
    Freeze freeze{dice.text(), dice.text(), dice.text(), dice.text(), {}, {}};
    if (dice.coin()) freeze.from = dice.time();
    if (dice.coin()) freeze.until = dice.time();
    return freeze;
}

}  // namespace

class TestActionCodec : public QObject {
    Q_OBJECT

private slots:
    void whatIsAskedSurvivesTheWire() {
        QVERIFY(decode_action_request("")->reason.empty());
        const auto back = decode_action_request(encode(ActionRequest{"why", true, {{"RO-1", 7}}}));
        QVERIFY(back);
        QCOMPARE(back->reason, std::string("why"));
        QVERIFY(back->override_freeze);
        QCOMPARE(back->versions.at("RO-1"), std::uint64_t(7));
        QVERIFY(!decode_action_request("{\"reason\":3}"));
        QVERIFY(!decode_action_request("{\"versions\":{\"RO-1\":-2}}"));
        QVERIFY(!decode_action_request("{\"reason\":\"" + std::string(3'000, 'x') + "\"}"));
        const auto rollback = decode_rollback_request(encode(RollbackRequest{"v1", "it leaks", false}));
        QVERIFY(rollback);
        QCOMPARE(rollback->to_version, std::string("v1"));
        QVERIFY(!decode_rollback_request("[]"));
    }

    void everyPreviewSurvivesTheWire() {
        Dice dice(5);
        for (int i = 0; i < 300; ++i) {
            GroupPreview group{dice.text(), dice.text(), dice.maybe(), dice.maybe(), {}};
            for (auto n = dice.below(4); n > 0; --n)
                group.members.push_back({RolloutId(dice.text()), dice.text(), preview(dice)});
            const auto back = group_preview_from_json(*core::parse_json(core::dump_json(to_json(group))));
            QVERIFY2(back, back ? "" : back.error().message.c_str());
            QVERIFY(*back == group);
        }
    }

    void everyPolicySurvivesTheWire() {
        Dice dice(6);
        for (int i = 0; i < 300; ++i) {
            PolicyPicture picture{dice.time(), dice.coin(), dice.text(), {}, {}};
            for (auto n = dice.below(4); n > 0; --n) picture.now.push_back(freeze(dice));
            for (auto n = dice.below(4); n > 0; --n) picture.next.push_back(freeze(dice));
            const auto back = policy_picture_from_json(*core::parse_json(core::dump_json(to_json(picture))));
            QVERIFY2(back, back ? "" : back.error().message.c_str());
            QVERIFY(*back == picture);
        }
    }

    void whatBecameOfAMemberIsRead() {
        const GroupOutcome refused{RolloutId("RO-2"), std::nullopt, "it is over"};
        QVERIFY(*group_outcome_from_json(to_json(refused)) == refused);
        QVERIFY(!group_outcome_from_json(nlohmann::json{{"rollout", 3}}));
    }
};

QTEST_GUILESS_MAIN(TestActionCodec)
#include "tst_action_codec.moc"
