#pragma once
// The questions of a new silence, of a longer one, and of ending one.

#include "app/shell/form_dialog.hpp"
#include "silences/codec.hpp"

namespace qd::app {

/// What the entered values mean: matchers (text), seconds, source, reason.
core::Result<silences::NewSilence> newSilenceOf(const QVariantMap& values);

/// Prefilled with what tells this alert from others; null: with nothing.
Form silenceForm(const silences::Alert* alert, const std::vector<std::string>& alertmanagers);
Form extendForm(const silences::ListedSilence& silence);
Form expireForm(const silences::ListedSilence& silence);

/// The matchers that a silence of this alert is offered with: its name, objective, row and service, where it
/// has them.
std::vector<silences::Matcher> offeredMatchers(const silences::Alert& alert);

}  // namespace qd::app
