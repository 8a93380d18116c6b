#include "storage/shard.hpp"

#include <QTest>
#include <map>
#include <set>

using namespace qd;
using storage::ShardMap;

class TstShard : public QObject {
    Q_OBJECT

private slots:
    void an_id_leads_back_to_its_owners_shard() {
        core::SeededRandom random(1);
        std::set<std::string> ids;
        for (const unsigned shards : {1u, 2u, 33u, 1024u}) {
            const ShardMap map(shards);
            for (int i = 0; i < 200; ++i) {
                const std::string owner = "user" + std::to_string(i);
                const auto id = map.new_id(owner, random);
                QCOMPARE(*map.shard_of(id), map.shard_of_owner(owner));
                QVERIFY(map.shard_of_owner(owner) < shards);
                QVERIFY(ids.insert(id.value).second);
            }
        }
    }

    void owners_spread_evenly_and_few_move_when_a_shard_is_added() {
        const ShardMap ten(10);
        const ShardMap eleven(11);
        std::map<unsigned, int> load;
        int moved = 0;
        constexpr int owners = 20'000;
        for (int i = 0; i < owners; ++i) {
            const std::string owner = "user" + std::to_string(i);
            const unsigned before = ten.shard_of_owner(owner);
            const unsigned after = eleven.shard_of_owner(owner);
            ++load[before];
            if (before == after) continue;
            QCOMPARE(after, 10u);  // nothing moves between the old ones
            ++moved;
        }
        for (const auto& [shard, count] : load)
            QVERIFY(count > owners / 10 * 0.85 && count < owners / 10 * 1.15);
        QVERIFY(moved > owners / 11 * 0.85 && moved < owners / 11 * 1.15);
    }

    void ids_of_shards_that_do_not_exist_are_nobodys() {
        core::SeededRandom random(1);
        const ShardMap one(1);
        for (const std::string id : {"", "0", "000000000000000000000", "zz0000000000000000",
                                     "00000000000000000u", "00/00000000000000.", "0000000000000000 0"})
            QCOMPARE(one.shard_of(storage::VideoId(id)).error().code, core::Errc::not_found);
        QCOMPARE(ShardMap(0).count(), 1u);
        QCOMPARE(ShardMap(5'000).count(), ShardMap::max_shards);
    }
};

QTEST_GUILESS_MAIN(TstShard)
#include "tst_shard.moc"
