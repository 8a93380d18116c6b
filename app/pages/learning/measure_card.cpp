#include "app/pages/learning/measure_card.hpp"

#include <QLabel>
#include <cmath>

#include "app/models/values.hpp"
#include "app/pages/learning/learning_models.hpp"
#include "widgets/charts/distribution_strip.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"

namespace qd::app {

using namespace widgets;

namespace {

bool isMtbf(const learning::Measure& measure) {
    return measure.name == "MTBF";
}

/// What stands large: the median; of MTBF the mean, which is its definition.
double headline(const learning::Measure& measure) {
    if (isMtbf(measure)) return secondsOf(measure.mean);
    return measure.spread ? secondsOf(measure.spread->median) : qQNaN();
}

QString besideOf(const learning::Measure& measure) {
    if (!measure.spread && !measure.mean) return QStringLiteral("not known: nothing to measure");
    if (isMtbf(measure))
        return measure.spread ? QStringLiteral("mean · median %1 of %2")
                                    .arg(formatSeconds(secondsOf(measure.spread->median)))
                                    .arg(measure.spread->count)
                              : QStringLiteral("one outage: no time between two");
    return QStringLiteral("median of %1 · mean %2")
        .arg(measure.spread->count)
        .arg(formatSeconds(secondsOf(measure.mean)));
}

QString briefTrend(const learning::Trend& trend) {
    switch (trend.direction) {
        case learning::Direction::too_few:
            return QStringLiteral("too few for a trend");
        case learning::Direction::no_clear_change:
            return QStringLiteral("no clear change");
        case learning::Direction::shorter:
            return QStringLiteral("↓ shorter of late");
        case learning::Direction::longer:
            return QStringLiteral("↑ longer of late");
    }
    return {};
}

}  // namespace

QString trendWords(const learning::Trend& trend) {
    const auto p = [&] { return QString::number(trend.p_value.value_or(1), 'g', 2); };
    switch (trend.direction) {
        case learning::Direction::too_few:
            return QStringLiteral(
                       "Too few for a trend: %1 in the earlier half, %2 in the later, %3 each needed")
                .arg(trend.earlier)
                .arg(trend.later)
                .arg(learning::least_for_trend);
        case learning::Direction::no_clear_change:
            return QStringLiteral("No clear change between the halves (p %1)").arg(p());
        case learning::Direction::shorter:
            return QStringLiteral("Shorter in the later half (p %1)").arg(p());
        case learning::Direction::longer:
            return QStringLiteral("Longer in the later half (p %1)").arg(p());
    }
    return {};
}

MeasureCard::MeasureCard(QWidget* parent) : Card(parent) {
    name_ = makeLabel({}, Type::Small, Weight::Semibold, false, this);
    value_ = makeLabel({}, Type::Display, Weight::Semibold, false, this);
    beside_ = makeElidedLabel(Type::Small, this);
    strip_ = new DistributionStrip(this);
    trend_ = makeElidedLabel(Type::Small, this);
    body()->setSpacing(space::xs);
    for (QWidget* part : std::initializer_list<QWidget*>{name_, value_, beside_, strip_, trend_})
        body()->addWidget(part);
    setClickable(true);
}

void MeasureCard::setMeasure(const learning::Measure& measure) {
    const QString title = str(measure.title);
    name_->setText(QStringLiteral("%1 · %2").arg(str(measure.name), title.mid(5)));  // "mean time to …"
    name_->setToolTip(QStringLiteral("%1: %2").arg(title, str(measure.formula)));
    value_->setText(formatSeconds(headline(measure)));
    beside_->setText(besideOf(measure));
    trend_->setText(briefTrend(measure.trend));
    trend_->setToolTip(trendWords(measure.trend));
    std::optional<SpreadOfValues> spread;
    if (const auto& of = measure.spread)
        spread = SpreadOfValues{secondsOf(of->least),          secondsOf(of->quarter), secondsOf(of->median),
                                secondsOf(of->three_quarters), secondsOf(of->p90),     secondsOf(of->most)};
    QVector<double> dots;
    for (const learning::Source& source : measure.sources) dots << secondsOf(source.value);
    strip_->setEmptyText(QStringLiteral("no distribution"));
    strip_->setValues(spread, dots);
    setToolTip(QStringLiteral("%1 = %2").arg(str(measure.name), str(measure.formula)));
    setAccessibleName(
        QStringLiteral("%1, %2: %3, %4").arg(str(measure.name), title, value_->text(), beside_->text()));
    setAccessibleDescription(trendWords(measure.trend));
}

void MeasureCard::setChosen(bool chosen) {
    setState(chosen ? State::Info : State::Neutral);
}

}  // namespace qd::app
