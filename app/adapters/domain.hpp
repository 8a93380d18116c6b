#pragma once
// What the adapters share: when their data was read, whether it still holds, and who looks at it. Data nobody
// looks at is not asked for.

#include <QElapsedTimer>
#include <QObject>
#include <QSet>
#include <QString>
#include <QTimer>

#include "app/adapters/async.hpp"
#include "core/result.hpp"

namespace qd::app {

/// UI thread only.
class Domain : public QObject {
    Q_OBJECT

public:
    /// `periodMs`: how often to ask while somebody looks; 0: only when told that something changed.
    explicit Domain(int periodMs, QObject* parent = nullptr);

    /// ms since the epoch of the last good answer; 0: never.
    qint64 asOfMs() const { return asOfMs_; }
    bool hasData() const { return asOfMs_ > 0; }
    /// The connection is gone or the last question failed: what is shown is from asOfMs().
    bool isStale() const { return !online_ || !problem_.isEmpty(); }
    /// Why the last question failed; empty when it did not.
    const QString& problem() const { return problem_; }

    /// A page that is shown wants the data; a hidden one does not.
    void setWanted(QObject* who, bool wanted);
    /// Asks now (but no more than 4 times a second).
    void refresh();
    /// An event said that something changed: asks if anybody looks, else when somebody does.
    void touch();
    /// The connection came (asks afresh) or went (marks stale).
    void setOnline(bool online);
    bool isOnline() const { return online_; }
    /// Asked for again and again; otherwise events keep it current.
    bool isPolled() const { return period_.interval() > 0; }

signals:
    void changed();
    void freshnessChanged();

protected:
    /// Sends the question; the answer ends in arrived() or failed().
    virtual void fetch() = 0;
    void arrived();
    void failed(const core::Error& error);
    Latest& latest() { return latest_; }

private:
    void ask();

    QSet<QObject*> wantedBy_;
    QTimer period_;
    QTimer soon_;
    QElapsedTimer sinceAsked_;
    Latest latest_;
    QString problem_;
    qint64 asOfMs_ = 0;
    bool online_ = false;
    bool asking_ = false;
    bool again_ = false;
    bool dirty_ = true;
};

}  // namespace qd::app
