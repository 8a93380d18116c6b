// Mail: its form, and its way to a real SMTP server.
#include "notify/mail.hpp"

#include <QTemporaryDir>
#include <QtTest>
#include <future>

#include "core/files.hpp"
#include "notify/smtp.hpp"
#include "support/certificates.hpp"
#include "support/mail_server.hpp"
#include "support/notices.hpp"

using namespace qd;
using namespace qd::notify;
using namespace std::chrono_literals;

namespace {

MailAccess access_to(const std::string& url) {
    MailAccess access;
    access.url = url;
    access.starttls = StartTls::off;
    access.from = "quarterdeck@example.org";
    access.to = {"anna@example.org", "ben@example.org"};
    access.timeout = 20s;
    return access;
}

Entry entry_of(Message message) {
    Entry entry;
    entry.id = 7;
    entry.created_at = test::noon;
    entry.message = std::move(message);
    return entry;
}

Outcome deliver(const MailAccess& access, const Message& message = test::status_update("All is well.")) {
    SmtpSender sender;
    std::promise<Outcome> done;
    sender.send(access, mail_of(access, entry_of(message)),
                [&](Outcome outcome) { done.set_value(outcome); });
    return done.get_future().get();
}

QStringList heads(const std::string& mail) {
    return test::TakenMail{"", {}, mail}.headers();
}

std::string decoded_subject(const std::string& encoded) {
    // Encoded words of one subject stand next to each other.
    QByteArray all;
    for (const QString& word : QString::fromStdString(encoded).simplified().split(' '))
        all += QByteArray::fromBase64(word.mid(10, word.size() - 12).toLatin1());
    return all.toStdString();
}

std::string decoded_body(const std::string& text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '=') {
            if (text[i] != '\r') decoded += text[i];
            continue;
        }
        if (text.compare(i + 1, 2, "\r\n") != 0)
            decoded += char(std::stoi(text.substr(i + 1, 2), nullptr, 16));
        i += 2;
    }
    return decoded;
}

}  // namespace

class TestMail : public QObject {
    Q_OBJECT

    QString missing_;

private slots:
    void initTestCase() { missing_ = test::MailServer::missing(); }

    void theHeadersAreTheseAndTheSameForEachAttempt() {
        const MailAccess access = access_to("smtp://h");
        const Entry entry = entry_of(test::status_update("All is well."));
        const std::string mail = mail_of(access, entry);
        QCOMPARE(mail, mail_of(access, entry));
        const QStringList headers = heads(mail);
        QCOMPARE(headers.size(), 10);
        QVERIFY(headers.contains("From: <quarterdeck@example.org>"));
        QVERIFY(headers.contains("To: <anna@example.org>, <ben@example.org>"));
        QVERIFY(headers.contains("Date: Thu, 04 Oct 2024 00:00:00 +0000") ||
                headers.contains("Date: Fri, 04 Oct 2024 00:00:00 +0000"));
        QVERIFY(headers.contains("Message-ID: <qd-7-1728000000000@example.org>"));
        QVERIFY(headers.contains("References: <qd-INC-1@example.org>"));
        QVERIFY(headers.contains("Subject: Status of INC-1"));
        QVERIFY(headers.contains("Auto-Submitted: auto-generated"));
        Entry another = entry;
        another.id = 8;
        QVERIFY(mail_of(access, another).find("<qd-8-") != std::string::npos);
    }

    void noTextAddsAHeader_data() {
        QTest::addColumn<QByteArray>("evil");
        for (const char* evil :
             {"x\r\nBcc: victim@example.org", "x\nBcc: victim@example.org", "x\rBcc: a@b", "x\r\n\r\nbody",
              "\r\n.\r\nMAIL FROM:<x@y>", "=?utf-8?B?Qg==?=\r\nBcc: a@b", "\xff\xfe\r\nBcc: a@b"})
            QTest::newRow(evil) << QByteArray(evil);
    }
    void noTextAddsAHeader() {
        QFETCH(QByteArray, evil);
        auto update = test::status_update(evil.toStdString());
        update.title = evil.toStdString();
        update.incident = evil.toStdString();
        const std::string mail = mail_of(access_to("smtp://h"), entry_of(update));
        const QStringList headers = heads(mail);
        QCOMPARE(headers.size(), 10);
        for (const QString& header : headers) {
            const QString name = header.section(": ", 0, 0);
            QVERIFY2(
                QStringList({"From", "To", "Date", "Message-ID", "References", "Subject", "Auto-Submitted",
                             "MIME-Version", "Content-Type", "Content-Transfer-Encoding"})
                    .contains(name),
                qPrintable(header));
        }
        // Every CR and LF belongs to a line end of ours.
        for (std::size_t i = 0; i < mail.size(); ++i) {
            if (mail[i] == '\n') QVERIFY(i > 0 && mail[i - 1] == '\r');
            if (mail[i] == '\r') QVERIFY(i + 1 < mail.size() && mail[i + 1] == '\n');
        }
    }

    void subjectsOfAnyScriptAreEncodedAndFolded() {
        QCOMPARE(encoded_header("plain"), std::string("plain"));
        const std::string long_one =
            "Störung: " + std::string(40, 'x') + " 再生できません " + std::string(60, 'y');
        const std::string encoded = encoded_header(long_one);
        for (const QString& line : QString::fromStdString(encoded).split("\r\n")) QVERIFY(line.size() <= 76);
        QCOMPARE(decoded_subject(encoded), long_one);
        QCOMPARE(decoded_subject(encoded_header("=?utf-8?Q?no?=")), std::string("=?utf-8?Q?no?="));
    }

    void bodiesGoRoundInShortLines() {
        for (const std::string& text :
             {std::string("a=b\nö ü \t\n.\n..x\nFrom me \n"), std::string(1'000, 'x') + "\n",
              std::string(200, '='), std::string("end with space ")}) {
            const std::string encoded = quoted_printable(text);
            QCOMPARE(decoded_body(encoded), text);
            for (const QString& line : QString::fromStdString(encoded).split("\r\n"))
                QVERIFY(line.size() <= 76 && !line.endsWith(' '));
        }
    }

    void codesAreJudged() {
        QCOMPARE(judge_mail(0, 250, "250 OK").verdict, Verdict::accepted);
        QCOMPARE(judge_mail(55, 550, "550 No such user").verdict, Verdict::refused);
        QCOMPARE(judge_mail(55, 550, "550 No such user").error, std::string("answered: 550 No such user"));
        QCOMPARE(judge_mail(55, 451, "451 Later").verdict, Verdict::again);
        QCOMPARE(judge_mail(67, 535, "535 Wrong").verdict, Verdict::again);  // passwords get mended
        QCOMPARE(judge_mail(7, 0, "").verdict, Verdict::again);
        QCOMPARE(judge_mail(28, 0, "").verdict, Verdict::again);
    }

    void aServerTakesOurMail() {
        if (!missing_.isEmpty()) QSKIP(qPrintable(missing_));
        test::MailServer server;
        auto update = test::status_update("Zeile eins: ä\n.\n..\n" + std::string(500, 'x'));
        update.title = "Störung bei der Wiedergabe";
        const Outcome outcome = deliver(access_to(server.url()), update);
        QVERIFY2(outcome.verdict == Verdict::accepted, outcome.error.c_str());
        const auto taken = server.taken(1);
        QCOMPARE(taken.size(), std::size_t(1));
        QCOMPARE(taken[0].from, std::string("quarterdeck@example.org"));
        QCOMPARE(taken[0].to, QStringList({"anna@example.org", "ben@example.org"}));
        const auto body = taken[0].data.substr(taken[0].data.find("\r\n\r\n") + 4);
        QVERIFY(decoded_body(body).starts_with(update.text + "\n"));
    }

    void refusalsAreFinalAndTroublesAreNot_data() {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<bool>("final");
        QTest::newRow("no such user") << "rcpt 550 No such user here" << true;
        QTest::newRow("greylisted") << "rcpt 451 Try again later" << false;
        QTest::newRow("sender refused") << "mail 553 Not allowed" << true;
        QTest::newRow("full") << "data 452 Out of space" << false;
        QTest::newRow("spam") << "data 554 Refused as spam" << true;
    }
    void refusalsAreFinalAndTroublesAreNot() {
        if (!missing_.isEmpty()) QSKIP(qPrintable(missing_));
        QFETCH(QString, rule);
        QFETCH(bool, final);
        test::MailServer server({"--reply", rule});
        const Outcome outcome = deliver(access_to(server.url()));
        QCOMPARE(outcome.verdict, final ? Verdict::refused : Verdict::again);
        QVERIFY2(outcome.error.find(rule.section(' ', 1).toStdString()) != std::string::npos,
                 outcome.error.c_str());
    }

    void whatIsTooLargeIsRefused() {
        if (!missing_.isEmpty()) QSKIP(qPrintable(missing_));
        test::MailServer server({"--limit", "2000"});
        const Outcome outcome =
            deliver(access_to(server.url()), test::status_update(std::string(16 << 10, 'x')));
        QCOMPARE(outcome.verdict, Verdict::refused);
        QVERIFY2(outcome.error.find("552") != std::string::npos, outcome.error.c_str());
    }

    void withStartTlsItIsEncryptedAndLoggedIn() {
        if (!missing_.isEmpty()) QSKIP(qPrintable(missing_));
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        const test::Authority authority;
        authority.write(path);
        authority.issue(path, "mail");
        QVERIFY(core::write_file_atomically(path / "password", "secret\n", 0600));
        test::MailServer server({"--certificate", folder.filePath("mail.pem"), "--key",
                                 folder.filePath("mail.key"), "--user", "quarterdeck:secret"});
        MailAccess access = access_to(server.url());
        access.starttls = StartTls::required;
        access.ca_file = path / "ca.pem";
        access.username = "quarterdeck";
        access.password_file = path / "password";
        Outcome outcome = deliver(access);
        QVERIFY2(outcome.verdict == Verdict::accepted, outcome.error.c_str());
        QCOMPARE(server.taken(1).size(), std::size_t(1));

        QVERIFY(core::write_file_atomically(path / "password", "wrong\n", 0600));
        outcome = deliver(access);
        QCOMPARE(outcome.verdict, Verdict::again);  // the next attempt reads the file again
        QVERIFY(!outcome.error.empty());
        QVERIFY(core::write_file_atomically(path / "password", "secret\n", 0600));
        access.ca_file.clear();  // nobody the system trusts has signed it
        QCOMPARE(deliver(access).verdict, Verdict::again);
        access.password_file = path / "missing";
        QVERIFY(deliver(access).error.find("missing") != std::string::npos);
        QCOMPARE(server.taken(1).size(), std::size_t(1));
    }

    void nothingIsSentUnencryptedWhereEncryptionIsRequired() {
        if (!missing_.isEmpty()) QSKIP(qPrintable(missing_));
        test::MailServer server;
        MailAccess access = access_to(server.url());
        access.starttls = StartTls::required;
        const Outcome outcome = deliver(access);
        QCOMPARE(outcome.verdict, Verdict::again);
        QVERIFY2(outcome.error.find("STARTTLS") != std::string::npos, outcome.error.c_str());
        access.starttls = StartTls::if_offered;
        QCOMPARE(deliver(access).verdict, Verdict::accepted);
        QCOMPARE(server.taken(1).size(), std::size_t(1));
    }

    void stoppingBreaksOffAndAnswersEveryMail() {
        // A listener that never greets.
        QProcess silent;
        silent.start("/usr/bin/python3",
                     {"-c",
                      "import socket,time\ns=socket.socket()\ns.bind(('127.0.0.1',0))\n"
                      "s.listen()\nprint(s.getsockname()[1],flush=True)\ntime.sleep(60)"});
        if (!test::eventually([&] { return silent.canReadLine(); }, 10'000)) QSKIP("there is no python3");
        const auto url = "smtp://127.0.0.1:" + silent.readLine().trimmed().toStdString();
        std::atomic<int> answered{0};
        {
            SmtpSender sender;
            for (int i = 0; i < 3; ++i)
                sender.send(access_to(url), "x", [&](Outcome outcome) {
                    if (outcome.verdict == Verdict::again) ++answered;
                });
            sender.stop();
            QCOMPARE(answered.load(), 3);
            sender.send(access_to(url), "x", [&](Outcome) { ++answered; });
        }
        QCOMPARE(answered.load(), 4);
        silent.kill();
        silent.waitForFinished();
    }
};

QTEST_GUILESS_MAIN(TestMail)
#include "tst_mail.moc"
