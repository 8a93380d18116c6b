#pragma once
#include <QWidget>

#include "widgets/theme/spoken.hpp"
#include "widgets/theme/ticker.hpp"
#include "widgets/theme/tokens.hpp"

namespace qd::widgets {

// "2 s ago", kept true by the shared ticker. Past the limit it turns stale: a clock icon, the warn colour and
// the word "stale". Time that jumped (the laptop slept) shows at the next tick.
class AgeLabel : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit AgeLabel(QWidget* parent = nullptr);

    // ms since the epoch; 0: never, shown as "no data yet".
    void setTime(qint64 msSinceEpoch);
    qint64 time() const { return atMs_; }
    // Put before the age: "as of", "scraped".
    void setPrefix(const QString& prefix);
    void setStaleAfter(qint64 ms);
    void setAlignment(Qt::Alignment alignment);
    void setClock(NowMs now);
    bool isStale() const { return stale_; }
    QString text() const { return text_; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QAccessible::Role spokenRole() const override { return QAccessible::StaticText; }
    QString spokenText() const override { return text_; }

public slots:
    void refresh();

signals:
    void staleChanged(bool stale);

protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    NowMs now_ = systemNow();
    qint64 atMs_ = 0;
    qint64 staleAfterMs_ = 15'000;
    QString prefix_;
    QString text_;
    Qt::Alignment alignment_ = Qt::AlignLeft;
    bool stale_ = false;
};

}  // namespace qd::widgets
