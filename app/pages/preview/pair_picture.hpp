#pragma once
// Both pictures of one moment in one, with whose they are, where in the title, and how alike.

#include <QImage>
#include <QString>

#include "compare/side.hpp"
#include "core/result.hpp"

namespace qd::app {

class ComparisonAdapter;

struct PairPicture {
    compare::Both<QImage> picture;  // either may be null: that side has shown nothing
    compare::Both<QString> name;
    QString position;  // "00:12.400"
    QString score;     // empty: the pair has not been scored
};
/// Pure. Beside each other in their own sizes; a line of text above and below. Null when both are.
QImage paintPair(const PairPicture& pair);

/// Of what a comparison shows now, in the coded sizes. Errc::not_found while neither side has a picture.
core::Result<QImage> grabPair(const ComparisonAdapter& both);

}  // namespace qd::app
