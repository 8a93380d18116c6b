#include "app/models/segment_pair_model.hpp"

#include <cmath>

#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;

namespace {

using PairValue = std::function<double(const compare::SegmentRow&)>;

std::function<QVariant(const SegmentPair&, int)> pairCell(PairValue value, Formatter format) {
    return [value = std::move(value), format = std::move(format)](const SegmentPair& pair,
                                                                  int role) -> QVariant {
        const double number = value(pair.row);
        if (role == Qt::DisplayRole) return qIsNaN(number) ? QStringLiteral("–") : format(number);
        if (role == SortRole) return qIsNaN(number) ? -1.0 : number;
        return {};
    };
}

double firstByte(const compare::SegmentRow& row, compare::Side side) {
    return row.first_byte[side] ? row.first_byte[side]->count() : qQNaN();
}

}  // namespace

SegmentPairModel::SegmentPairModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Segment"),
               pairCell([](const auto& row) { return double(row.sequence); },
                        [](double n) { return QString::number(qint64(n)); }),
               Qt::AlignRight | Qt::AlignVCenter,
               {}},
              {QStringLiteral("First byte, left"),
               pairCell([](const auto& row) { return firstByte(row, compare::Side::a); }, formatSeconds),
               Qt::AlignRight | Qt::AlignVCenter, QStringLiteral("From the request to the first byte")},
              {QStringLiteral("Right"),
               pairCell([](const auto& row) { return firstByte(row, compare::Side::b); }, formatSeconds),
               Qt::AlignRight | Qt::AlignVCenter,
               {}},
              {QStringLiteral("Difference"),
               pairCell(
                   [](const auto& row) {
                       return firstByte(row, compare::Side::b) - firstByte(row, compare::Side::a);
                   },
                   [](double s) {
                       return (s < 0 ? QStringLiteral("−") : QStringLiteral("+")) +
                              formatSeconds(std::abs(s));
                   }),
               Qt::AlignRight | Qt::AlignVCenter,
               QStringLiteral("Right minus left; only where both have come")},
          },
          [](const SegmentPair& pair) { return QString::number(pair.row.sequence); }, parent) {}

}  // namespace qd::app
