#pragma once
// What a version can be born with, to rehearse a bad release: by the words of the form.

#include <QString>
#include <QVector>

#include "rollouts/specification.hpp"

namespace qd::app {

struct Rehearsal {
    rollouts::BornFault fault;  // as the form adds it
    QString word;               // "Slow"
    QString what;               // "half of its answers come 0.6 s late"
};

const QVector<Rehearsal>& rehearsals();

bool isRehearsed(const rollouts::TargetVersion& target, const std::string& kind);
/// Adds the usual fault of that kind, or takes all of it away.
void rehearse(rollouts::TargetVersion& target, const std::string& kind, bool on);

}  // namespace qd::app
