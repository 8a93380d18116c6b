#include "security/tokens.hpp"

#include <sys/stat.h>

#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <set>
#include <thread>

#include "core/files.hpp"

using namespace qd;
using core::Errc;
using security::Role;
using security::Tokens;

class TstTokens : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> folder_;
    std::filesystem::path file() const { return (folder_->path() + "/token").toStdString(); }
    void write(const std::string& content, unsigned mode) const {
        if (!core::write_file_atomically(file(), content, mode)) qFatal("cannot write");
    }

private slots:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void a_site_makes_its_own_private_token_once() {
        QCOMPARE(Tokens::load(file()).error().code, Errc::not_found);
        QVERIFY(Tokens::load_or_create(file()));
        struct stat status {};
        QCOMPARE(::stat(file().c_str(), &status), 0);
        QCOMPARE(status.st_mode & 0777, 0600u);
        const auto text = core::read_file(file());
        QCOMPARE(text->size(), 65u);
        QCOMPARE(text->back(), '\n');

        const auto again = Tokens::load_or_create(file());
        QVERIFY(again);
        QCOMPARE(*core::read_file(file()), *text);
        const auto actor = again->authorize("Bearer " + text->substr(0, 64), Role::admin);
        QVERIFY(actor);
        QCOMPARE(actor->name, security::login_name());
        QCOMPARE(actor->role, Role::admin);
    }

    void processes_that_start_together_agree_on_the_token() {
        std::vector<std::thread> starters;
        std::atomic<int> failures{0};
        for (int i = 0; i < 4; ++i)
            starters.emplace_back([&] {
                if (!Tokens::load_or_create(file())) ++failures;
            });
        for (auto& starter : starters) starter.join();
        QCOMPARE(failures.load(), 0);
        QCOMPARE(core::read_file(file())->size(), 65u);
    }

    void a_token_that_others_can_read_or_that_is_none_is_refused() {
        write("0123456789abcdef0123\n", 0644);
        QCOMPARE(Tokens::load(file()).error().code, Errc::config);
        for (const std::string& content : {std::string(), std::string("short\n"),
                                          std::string("two lines of\ntext here\n"), std::string(300, 'a')}) {
            write(content, 0600);
            QCOMPARE(Tokens::load(file()).error().code, Errc::config);
        }
        write("0123456789abcdef0123\r\n", 0600);
        QVERIFY(Tokens::load(file()));
    }

    void only_the_token_opens_the_door() {
        const Tokens tokens({{"viewer-token-000000", {"vera", Role::viewer}},
                             {"manage-token-000000", {"max", Role::release_manager}}});
        QCOMPARE(tokens.authorize("Bearer viewer-token-000000", Role::viewer)->name, std::string("vera"));
        QCOMPARE(tokens.authorize("bearer  viewer-token-000000", Role::viewer)->name, std::string("vera"));
        QCOMPARE(tokens.authorize("Bearer viewer-token-000000", Role::responder).error().code,
                 Errc::permission_denied);
        QVERIFY(tokens.authorize("Bearer manage-token-000000", Role::responder));
        QCOMPARE(tokens.authorize("Bearer manage-token-000000", Role::admin).error().code,
                 Errc::permission_denied);
        for (const char* header :
             {"", "Bearer", "Bearer ", "Bearer viewer-token-00000", "viewer-token-000000",
              "Basic viewer-token-000000", "Bearer viewer-token-000000 "})
            QCOMPARE(tokens.authorize(header, Role::viewer).error().code, Errc::unauthenticated);
        QCOMPARE(Tokens({}).authorize("Bearer ", Role::viewer).error().code, Errc::unauthenticated);
    }

    void roles_have_names() {
        for (const Role role : {Role::viewer, Role::responder, Role::release_manager, Role::admin})
            QCOMPARE(security::parse_role(security::to_string(role)), std::optional(role));
        QVERIFY(!security::parse_role("root"));
    }
};

QTEST_GUILESS_MAIN(TstTokens)
#include "tst_tokens.moc"
