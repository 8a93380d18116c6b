#include "app/pages/dashboards/board_layout.hpp"

#include <algorithm>

namespace qd::app {

QVector<PanelPlace> placesOf(const opsclient::Dashboard& board) {
    const int columns = std::max(1, board.columns);
    QVector<PanelPlace> places;
    QVector<int> freeFrom(columns, 0);  // of each column the first row that is free
    int row = 0, column = 0;
    for (const opsclient::Panel& panel : board.panels) {
        const int wide = std::clamp(panel.width, 1, columns);
        const int high = std::max(1, panel.height);
        const auto fits = [&] {
            if (column + wide > columns) return false;
            return std::all_of(freeFrom.begin() + column, freeFrom.begin() + column + wide,
                               [&](int free) { return free <= row; });
        };
        while (!fits())
            if (++column + wide > columns) {
                column = 0;
                ++row;
            }
        places.append({row, column, high, wide});
        std::fill_n(freeFrom.begin() + column, wide, row + high);
        column += wide;
    }
    return places;
}

const QVector<BoardRange>& boardRanges() {
    static const QVector<BoardRange> ranges{
        {QStringLiteral("5 min"), 300, 1'000},        {QStringLiteral("15 min"), 900, 1'000},
        {QStringLiteral("1 h"), 3'600, 2'000},        {QStringLiteral("6 h"), 6 * 3'600, 15'000},
        {QStringLiteral("24 h"), 24 * 3'600, 30'000}, {QStringLiteral("7 d"), 7 * 86'400, 60'000}};
    return ranges;
}

}  // namespace qd::app
