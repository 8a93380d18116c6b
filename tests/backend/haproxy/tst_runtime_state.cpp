#include <QTest>

#include "haproxy/runtime_socket.hpp"
#include "haproxy/runtime_state.hpp"

using namespace qd;
using namespace qd::haproxy;

namespace {

const std::string table =
    "1\n"
    "# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight "
    "srv_time_since_last_change\n"
    "3 streams 1 s1 127.0.0.1 2 0 90 100 7\n"
    "3 streams 2 c1 127.0.0.1 0 8 10 100 7\n"
    "3 streams 3 c2 127.0.0.1 2 1 10 100 7\n"
    "4 other 1 s1 127.0.0.1 2 0 1 1 7\n"
    "\n";

}  // namespace

class TestRuntimeState : public QObject {
    Q_OBJECT

private slots:
    void serversAreReadByTheirColumns() {
        const auto states = parse_servers_state(table, "streams");
        QVERIFY(states);
        QCOMPARE(states->size(), std::size_t(3));
        QVERIFY((states->at("s1") == ServerState{true, Admin::ready, 90}));
        QVERIFY((states->at("c1") == ServerState{false, Admin::drain, 10}));
        QVERIFY((states->at("c2") == ServerState{true, Admin::maint, 10}));
    }

    void refusalsAreToldFromTables() {
        using core::Errc;
        QCOMPARE(parse_servers_state("Can't find backend.\n\n", "x").error().code, Errc::not_found);
        QCOMPARE(parse_servers_state("Permission denied\n\n", "x").error().code, Errc::permission_denied);
        QVERIFY(parse_servers_state("Permission denied\n\n", "x").error().message.find("level admin") !=
                std::string::npos);
        QCOMPARE(parse_servers_state("1\n# be_name srv_name\n", "x").error().code, Errc::corrupt);
        QCOMPARE(parse_servers_state(table.substr(0, table.size() - 20), "other").error().code,
                 Errc::corrupt);
        QCOMPARE(parse_done("No such server.\n\n").error().code, Errc::invalid_argument);
        QVERIFY(parse_done("\n\n\n"));
        QCOMPARE(parse_map("Unknown map identifier. Please use #<id> or <file>.\n\n", "/m").error().code,
                 Errc::not_found);
    }

    void countsAreReadByTheirColumns() {
        const auto counts = parse_stat(
            "# pxname,svname,qcur,qmax,scur,smax,slim,stot,lbtot,\n"
            "f,FRONTEND,,,1,1,100,9,,\n"
            "streams,s1,0,0,2,5,,80,70,\n"
            "other,s1,0,0,0,5,,1,1,\n"
            "streams,BACKEND,0,0,2,5,10,80,70,\n\n",
            "streams");
        QVERIFY(counts);
        QCOMPARE(counts->size(), std::size_t(1));
        QVERIFY((counts->at("s1") == ServerCounts{80, 70, 2}));
        QVERIFY(!parse_stat("Permission denied\n", "streams"));
        QVERIFY(!parse_stat("# pxname,svname\n", "streams"));
    }

    void keysOfAMapMayHoldBlanks() {
        const auto keys =
            parse_map("0x55d canary-tester canary\n0x56 two words canary\n0x57 mine stable\n\n", "/m");
        QVERIFY(keys);
        QCOMPARE(*keys, (std::vector<std::string>{"canary-tester", "two words"}));
        QVERIFY(parse_map("\n", "/m")->empty());
    }

    void whatAnyoneSaysIsReadWithoutHarm() {
        for (std::size_t cut = 0; cut < table.size(); ++cut) {
            parse_servers_state(table.substr(0, cut), "streams");
            parse_servers_state(table.substr(cut), "streams");
            parse_stat(table.substr(cut), "streams");
            parse_map(table.substr(cut), "/m");
        }
        QVERIFY(!parse_servers_state(std::string("\0\xff\n\n", 4), "x"));
    }

    void addressesAreChecked() {
        QVERIFY(check_address("/run/haproxy/admin.sock"));
        QVERIFY(check_address("unix@/run/haproxy/admin.sock"));
        QVERIFY(check_address("127.0.0.1:9999"));
        QVERIFY(!check_address("127.0.0.1"));
        QVERIFY(!check_address("127.0.0.1:0"));
        QVERIFY(!check_address("127.0.0.1:99999"));
        QVERIFY(!check_address("haproxy.example:1"));
        QVERIFY(!check_address(""));
        QVERIFY(!check_address("/" + std::string(200, 'x')));
    }

    void nobodyListensIsUnavailable() {
        const auto answer = ask("/nowhere/haproxy.sock", "show info", std::chrono::milliseconds(200));
        QCOMPARE(answer.error().code, core::Errc::unavailable);
    }

    void wordsAreEscaped() { QCOMPARE(escaped("a b;c\\d"), std::string("a\\ b\\;c\\\\d")); }
};

QTEST_GUILESS_MAIN(TestRuntimeState)
#include "tst_runtime_state.moc"
