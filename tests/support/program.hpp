#pragma once
// A real program under test: started from bin/, watched with deadlines, ended with the test.

#include <QDeadlineTimer>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <QTest>
#include <functional>

namespace qd::test {

inline QString programPath(const QString& name) {
    return qEnvironmentVariable("QUARTERDECK_BIN") + "/" + name;
}

class Program {
public:
    Program() = default;
    Program(const QString& name, const QStringList& arguments) { start(name, arguments); }
    ~Program() { end(); }

    void start(const QString& name, const QStringList& arguments) {
        process_.setProcessChannelMode(QProcess::SeparateChannels);
        process_.start(programPath(name), arguments);
        process_.waitForStarted(5'000);
    }

    /// Asks it to end and waits; kills it after 15 s.
    void end() {
        if (process_.state() == QProcess::NotRunning) return;
        process_.terminate();
        if (process_.waitForFinished(15'000)) return;
        process_.kill();
        process_.waitForFinished(5'000);
    }

    QProcess& process() { return process_; }
    bool running() const { return process_.state() == QProcess::Running; }

private:
    QProcess process_;
};

/// Asks every 100 ms until it is so; false at the deadline.
inline bool eventually(const std::function<bool()>& holds, int milliseconds) {
    QDeadlineTimer deadline(milliseconds);
    do {
        if (holds()) return true;
        QTest::qWait(100);
    } while (!deadline.hasExpired());
    return false;
}

}  // namespace qd::test
