#pragma once
#include <QAbstractButton>
#include <optional>

#include "widgets/theme/tokens.hpp"

namespace qd::widgets {

// How far a title that is still being made has been fallen behind; pressed, it wants to be at the edge.
struct LiveDistance {
    double behindS = 0;   // to the end of what is published
    bool atEdge = false;  // no nearer than this without running dry

    bool operator==(const LiveDistance&) const = default;
};

// "Live, 6 s from the edge" or "48 s behind live": a shape and words beside the colour. Hidden while nothing
// is live. GUI thread only.
class LiveButton : public QAbstractButton {
    Q_OBJECT
public:
    explicit LiveButton(QWidget* parent = nullptr);

    // Nothing: what plays is not live.
    void setDistance(const std::optional<LiveDistance>& distance);
    const std::optional<LiveDistance>& distance() const { return distance_; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    State state() const;

    std::optional<LiveDistance> distance_;
};

}  // namespace qd::widgets
