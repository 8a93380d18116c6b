#pragma once
// What the actions of this page share: whom they are about, and whether they may.

#include <vector>

#include "app/models/values.hpp"
#include "app/pages/postmortems/postmortems_page.hpp"
#include "app/shell/form_dialog.hpp"
#include "app/shell/session.hpp"

namespace qd::app {

inline const QString kPostmortemGroup = QStringLiteral("Post-mortem");
inline const QString kPostmortemPage = QStringLiteral("postmortems");

struct PostmortemParts {
    Session& session;
    DialogParent parent;

    const postmortems::View* view() const { return session.postmortem().view(); }
    /// Why nothing can be done with the open document now; empty: something can.
    QString blocked() const {
        if (!session.link().isLive()) return QStringLiteral("There is no connection to the site");
        return view() ? QString() : QStringLiteral("Open a post-mortem first");
    }
    QString blockedIn(const std::vector<postmortems::ReviewState>& states, const QString& why) const {
        if (const QString none = blocked(); !none.isEmpty()) return none;
        for (const postmortems::ReviewState state : states)
            if (view()->draft.state == state) return {};
        return why;
    }
    void ask(const QString& id, Form form) const {
        ActionRegistry* actions = &session.actions();
        FormDialog::ask(std::move(form), parent(),
                        [actions, id](const QVariantMap& values) { actions->invoke(id, values); });
    }
    static std::string text(const QVariantMap& parameters, const char* key) {
        return parameters.value(QLatin1String(key)).toString().toStdString();
    }
};

inline FormField lineField(const QString& key, const QString& label, const QVariant& initial = {},
                           const QString& hint = {}, bool required = false) {
    return {key, label, FormField::Kind::Line, initial, hint, required, {}, 0, 0};
}
inline FormField linesField(const QString& key, const QString& label, const QString& hint, bool required) {
    return {key, label, FormField::Kind::Lines, {}, hint, required, {}, 0, 0};
}
inline FormField choiceField(const QString& key, const QString& label,
                             const QVector<QPair<QString, QVariant>>& choices, const QVariant& initial = {}) {
    return {key, label, FormField::Kind::Choice, initial, {}, true, choices, 0, 0};
}

}  // namespace qd::app
