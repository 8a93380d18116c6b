#include "app/models/event_words.hpp"

#include "app/models/values.hpp"

namespace qd::app {

widgets::Icon iconOf(incidents::EventKind kind) {
    using incidents::EventKind;
    using widgets::Icon;
    switch (kind) {
        case EventKind::opened:
            return Icon::Incidents;
        case EventKind::acknowledge:
            return Icon::Ok;
        case EventKind::assign:
            return Icon::Person;
        case EventKind::severity:
            return Icon::Flag;
        case EventKind::state:
            return Icon::Next;
        case EventKind::note:
            return Icon::Note;
        case EventKind::status_update:
            return Icon::Bell;
        case EventKind::link:
            return Icon::Link;
        case EventKind::alert:
            return Icon::Warning;
        case EventKind::rollout:
            return Icon::Deploy;
        case EventKind::chaos:
            return Icon::Bolt;
        case EventKind::evidence:
            return Icon::Statistics;
        case EventKind::handover:
            return Icon::Person;
        case EventKind::relation:
        case EventKind::attachment:
            return Icon::Link;
        case EventKind::pin:
            return Icon::Flag;
        case EventKind::runbook:
            return Icon::Play;
        case EventKind::silence:
        case EventKind::delivery:
            return Icon::Bell;
        case EventKind::deploy:
        case EventKind::config:
        case EventKind::flag:
            return Icon::Deploy;
        case EventKind::overtaken:
            return Icon::Warning;
    }
    return Icon::Info;
}

QString kindWord(incidents::EventKind kind) {
    return str(incidents::to_string(kind)).replace(QLatin1Char('_'), QLatin1Char(' '));
}

QString lineOf(const incidents::Event& event) {
    return str(incidents::describe(event)).simplified();
}

}  // namespace qd::app
