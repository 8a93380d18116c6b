#pragma once
// "Why is this number this number?": every figure of an objective as a sum with its terms put in. Pure.

#include <QString>
#include <vector>

#include "slo/exclusion.hpp"
#include "slo/status.hpp"

namespace qd::app {

struct ExplainedFigure {
    QString name;     // "Error budget left"
    QString formula;  // "1 - bad / allowed"
    QString terms;    // "1 - 90 / 60"
    QString result;   // "-50.0 %"
    QString note;     // what it takes to read it; may be empty

    bool operator==(const ExplainedFigure&) const = default;
};

struct ExplainedSection {
    QString title;
    std::vector<ExplainedFigure> figures;

    bool operator==(const ExplainedSection&) const = default;
};

/// What is not known is said in words, never as a number.
std::vector<ExplainedSection> explanationOf(const slo::Status& status,
                                            const std::vector<slo::Exclusion>& exclusions);

}  // namespace qd::app
