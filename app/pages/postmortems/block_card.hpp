#pragma once
// A block that the journal fills, as it stands in a section: to be read, followed to its events, and taken
// over by hand.

#include <QFrame>

#include "postmortems/view.hpp"

class QLabel;
class QPushButton;
class QTextBrowser;

namespace qd::app {

/// "event 12", "events 3, 7" of Markdown as links to event:12.
QString withEventLinks(const QString& markdown);

class BlockCard : public QFrame {
    Q_OBJECT

public:
    explicit BlockCard(QWidget* parent = nullptr);
    /// `readOnly`: why nothing can be changed; empty: it can.
    void show(const postmortems::Block& block, std::uint64_t journalVersion, const QString& readOnly);
    const postmortems::Block& block() const { return block_; }

signals:
    void eventWanted(quint64 seq);
    void detachWanted();
    void removeWanted();

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fill();
    void fit();

    postmortems::Block block_;
    QLabel* title_;
    QLabel* source_;
    QTextBrowser* text_;
    QPushButton* more_;
    QPushButton* detach_;
    QPushButton* remove_;
    bool all_ = false;
};

}  // namespace qd::app
