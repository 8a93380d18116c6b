#pragma once
// A real SMTP server: aiosmtpd of Debian's package (unpacked in build/peers, or installed) under the system's
// Python, with the rules of mail_server.py.

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStringList>

#include "support/program.hpp"

namespace qd::test {

struct TakenMail {
    std::string from;
    QStringList to;
    std::string data;
    /// The head's lines, unfolded.
    QStringList headers() const {
        QString head = QString::fromStdString(data).section("\r\n\r\n", 0, 0);
        return head.replace("\r\n ", " ").split("\r\n");
    }
};

class MailServer {
public:
    /// Why it cannot be had; empty when it can.
    static QString missing() {
        QProcess python;
        environment(python);
        python.start("/usr/bin/python3", {"-c", "import aiosmtpd.smtp"});
        if (!python.waitForFinished(20'000) || python.exitCode() != 0)
            return "python3-aiosmtpd is neither unpacked in build/peers nor installed";
        return {};
    }

    explicit MailServer(const QStringList& rules = {}) {
        environment(process_);
        process_.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process_.start("/usr/bin/python3", QStringList{MAIL_SERVER_SCRIPT} + rules);
        if (!eventually([&] { return process_.canReadLine(); }, 20'000))
            qFatal("the mail server does not start");
        port_ = process_.readLine().trimmed().split(' ').last().toUShort();
    }
    ~MailServer() { end(); }
    void end() {
        process_.kill();
        process_.waitForFinished(5'000);
    }

    std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
    /// What it has accepted so far; waits until it is `count` mails.
    std::vector<TakenMail> taken(std::size_t count) {
        eventually(
            [&] {
                read();
                return mails_.size() >= count;
            },
            10'000);
        return mails_;
    }

private:
    static void environment(QProcess& process) {
        auto variables = QProcessEnvironment::systemEnvironment();
        variables.insert("PYTHONPATH",
                         qEnvironmentVariable("QUARTERDECK_PEERS") + "/usr/lib/python3/dist-packages");
        process.setProcessEnvironment(variables);
    }
    void read() {
        while (process_.canReadLine()) {
            const QJsonObject line = QJsonDocument::fromJson(process_.readLine()).object();
            TakenMail mail;
            mail.from = line["from"].toString().toStdString();
            mail.to = line["to"].toVariant().toStringList();
            mail.data = line["data"].toString().toStdString();
            mails_.push_back(mail);
        }
    }

    QProcess process_;
    quint16 port_ = 0;
    std::vector<TakenMail> mails_;
};

}  // namespace qd::test
