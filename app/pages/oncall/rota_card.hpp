#pragma once
#include "oncall/picture.hpp"
#include "widgets/tiles/card.hpp"

class QLabel;
class QGridLayout;

namespace qd::widgets {
class ShiftStrip;
}

namespace qd::app {

/// One rota: who is on call now and until when, who is next, and the coming two weeks as a strip.
class RotaCard : public widgets::Card {
    Q_OBJECT

public:
    explicit RotaCard(QWidget* parent);
    void show(const oncall::RotaPicture& rota, core::WallTime asOf);

private:
    void showPeople(const oncall::RotaPicture& rota, core::WallTime asOf);
    void showStrip(const oncall::RotaPicture& rota, core::WallTime asOf);

    QWidget* people_ = nullptr;
    QLabel* gaps_;
    widgets::ShiftStrip* strip_;
    oncall::RotaPicture shown_;
    bool first_ = true;
};

}  // namespace qd::app
