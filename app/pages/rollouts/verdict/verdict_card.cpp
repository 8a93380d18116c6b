#include "app/pages/rollouts/verdict/verdict_card.hpp"

#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <algorithm>

#include "widgets/charts/interval_plot.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kNameWidth = 170, kArmWidth = 96, kEffectWidth = 132;
constexpr qint64 kJudgedStaleMs = 15'000, kNeverStaleMs = qint64(1) << 60;

bool sameShape(const VerdictFacts& left, const VerdictFacts& right) {
    return left.baseline == right.baseline &&
           std::equal(left.metrics.begin(), left.metrics.end(), right.metrics.begin(), right.metrics.end(),
                      [](const MetricFacts& a, const MetricFacts& b) { return a.name == b.name; });
}

/// As quiet as between the rows of a table.
class Hairline : public QWidget {
public:
    explicit Hairline(QWidget* parent) : QWidget(parent) { setFixedHeight(1); }

protected:
    void paintEvent(QPaintEvent*) override { QPainter(this).fillRect(rect(), color(Token::Line)); }
};

/// What is not known stands back, so that it is not read as a value.
void showKnown(QLabel* label, bool known) {
    label->setForegroundRole(known ? QPalette::WindowText : QPalette::PlaceholderText);
}

}  // namespace

VerdictCard::VerdictCard(QWidget* parent) : Card(QStringLiteral("Verdict"), parent) {
    outcome_ = new StatusBadge(this);
    basis_ = makeMutedLabel({}, Type::Body, this);
    basis_->setWordWrap(true);
    auto* line = new QHBoxLayout;
    line->setSpacing(space::md);
    line->addWidget(outcome_, 0, Qt::AlignTop);
    line->addWidget(basis_, 1);
    body()->addLayout(line);
    setAccessibleName(QStringLiteral("Verdict"));
}

void VerdictCard::setFacts(const VerdictFacts& facts, bool live) {
    AgeLabel* age = header()->age();
    age->setPrefix(QStringLiteral("judged"));
    age->setStaleAfter(live ? kJudgedStaleMs : kNeverStaleMs);
    age->setTime(facts.asOfMs);
    age->setVisible(facts.asOfMs > 0);
    if (!table_ || !sameShape(facts, facts_)) rebuild(facts);
    facts_ = facts;
    outcome_->setStatus(facts.outcome.state, facts.outcome.text);
    basis_->setText(facts.basis);
    for (std::size_t i = 0; i < blocks_.size(); ++i) show(blocks_[i], facts.metrics[i]);
}

void VerdictCard::rebuild(const VerdictFacts& facts) {
    blocks_.clear();
    delete table_;
    table_ = new QWidget(this);
    grid_ = new QGridLayout(table_);
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setHorizontalSpacing(space::xl);
    grid_->setVerticalSpacing(space::xs);
    body()->addWidget(table_);
    table_->setVisible(!facts.metrics.empty());
    if (facts.metrics.empty()) return;
    addHeads(facts);
    for (const MetricFacts& metric : facts.metrics) addBlock(metric);
}

void VerdictCard::addHeads(const VerdictFacts& facts) {
    const auto head = [this](const QString& text, int column, Qt::Alignment alignment) {
        QLabel* label = makeMutedLabel(text, Type::Small, table_);
        label->setAlignment(alignment);
        grid_->addWidget(label, 0, column);
    };
    int column = 0;
    head(QStringLiteral("Metric"), column, Qt::AlignLeft);
    grid_->setColumnMinimumWidth(column++, kNameWidth);
    for (const ArmFigure& arm : facts.metrics.front().arms) {
        QString name = arm.arm;
        name[0] = name[0].toUpper();
        head(name, column, Qt::AlignRight);
        grid_->setColumnMinimumWidth(column++, kArmWidth);
    }
    head(QStringLiteral("Difference"), column, Qt::AlignRight);
    grid_->setColumnMinimumWidth(column++, kEffectWidth);
    head(QStringLiteral("Where it lies"), column, Qt::AlignLeft);
    grid_->setColumnStretch(column, 1);
}

void VerdictCard::addBlock(const MetricFacts& facts) {
    const int columns = int(facts.arms.size()) + 3, top = grid_->rowCount();
    grid_->addWidget(new Hairline(table_), top, 0, 1, columns);
    grid_->setRowMinimumHeight(top, space::sm);
    Block block;
    const auto right = [this](Type type, Weight weight, bool muted) {
        QLabel* label = makeLabel({}, type, weight, muted, table_);
        label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        return label;
    };
    grid_->addWidget(makeLabel(facts.name, Type::Body, Weight::Medium, false, table_), top + 1, 0);
    block.outcome = new StatusBadge(table_);
    grid_->addWidget(block.outcome, top + 2, 0, Qt::AlignLeft | Qt::AlignTop);
    int column = 1;
    for (std::size_t i = 0; i < facts.arms.size(); ++i, ++column) {
        block.values.push_back(right(Type::Lead, Weight::Regular, false));
        block.counts.push_back(right(Type::Small, Weight::Regular, true));
        grid_->addWidget(block.values.back(), top + 1, column);
        grid_->addWidget(block.counts.back(), top + 2, column, Qt::AlignTop);
    }
    block.effect = right(Type::Lead, Weight::Medium, false);
    block.range = right(Type::Small, Weight::Regular, true);
    grid_->addWidget(block.effect, top + 1, column);
    grid_->addWidget(block.range, top + 2, column++, Qt::AlignTop);
    block.plot = new IntervalPlot(table_);
    block.plot->setFormatter(
        [seconds = facts.seconds](double value) { return signedDifference(value, seconds); });
    block.plot->setAccessibleName(QStringLiteral("%1, difference").arg(facts.name));
    grid_->addWidget(block.plot, top + 1, column, 2, 1, Qt::AlignVCenter);
    block.why = makeMutedLabel({}, Type::Small, table_);
    block.why->setWordWrap(true);
    grid_->addWidget(block.why, top + 3, 1, 1, columns - 1);
    grid_->setRowMinimumHeight(top + 4, space::sm);
    blocks_.push_back(std::move(block));
}

void VerdictCard::show(const Block& block, const MetricFacts& facts) {
    block.outcome->setStatus(facts.outcome.state, facts.outcome.text);
    for (std::size_t i = 0; i < block.values.size() && i < facts.arms.size(); ++i) {
        block.values[i]->setText(facts.arms[i].value);
        showKnown(block.values[i], !facts.arms[i].count.isEmpty());
        block.counts[i]->setText(facts.arms[i].count);
    }
    block.effect->setText(facts.effect);
    showKnown(block.effect, facts.interval.isKnown());
    block.range->setText(facts.range);
    block.plot->setEmptyText(facts.unknown);
    block.plot->setReading(facts.interval);
    const QString why = QStringList{facts.certainty, facts.missing}.join(QLatin1Char('\n')).trimmed();
    block.why->setText(why);
    block.why->setVisible(!why.isEmpty());
}

}  // namespace qd::app
