#pragma once
// The verdict as a table that explains itself: a metric a block, with the arms' numbers, the effect drawn as
// an interval, how sure that is, and what is missing.

#include "app/pages/rollouts/verdict/verdict_facts.hpp"
#include "widgets/tiles/card.hpp"

class QGridLayout;
class QLabel;

namespace qd::widgets {
class IntervalPlot;
class StatusBadge;
}  // namespace qd::widgets

namespace qd::app {

class VerdictCard : public widgets::Card {
    Q_OBJECT

public:
    explicit VerdictCard(QWidget* parent);
    /// `live`: judged once a second, so that an old verdict is a stale one.
    void setFacts(const VerdictFacts& facts, bool live);

private:
    struct Block {
        widgets::StatusBadge* outcome;
        std::vector<QLabel*> values, counts;  // by arm
        QLabel* effect;
        QLabel* range;
        widgets::IntervalPlot* plot;
        QLabel* why;
    };
    void rebuild(const VerdictFacts& facts);
    void addHeads(const VerdictFacts& facts);
    void addBlock(const MetricFacts& facts);
    static void show(const Block& block, const MetricFacts& facts);

    VerdictFacts facts_;
    widgets::StatusBadge* outcome_;
    QLabel* basis_;
    QWidget* table_ = nullptr;
    QGridLayout* grid_ = nullptr;
    std::vector<Block> blocks_;
};

}  // namespace qd::app
