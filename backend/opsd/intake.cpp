#include "opsd/intake.hpp"

#include <algorithm>

namespace qd::opsd {
namespace {

std::string without_slash(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url;
}

}  // namespace

core::Result<std::unique_ptr<Intake>> Intake::open(Parts parts) {
    Context& context = parts.context;
    std::unique_ptr<Intake> intake(new Intake(parts.directory));
    auto file = IntakeFile::open(context.places().db("intake.sqlite"));
    if (!file) return core::Failure(file.error());
    intake->file_ = std::move(*file);
    auto store = silences::SilenceStore::open(context.places().db("silences.sqlite"), context.clock(),
                                              context.random());
    if (!store) return core::Failure(store.error());
    intake->store_ = std::move(*store);
    for (const alertmanager::Options& options : parts.options.alertmanagers)
        intake->peers_.push_back(std::make_unique<alertmanager::Client>(options, context.client()));
    intake->silences_ = std::make_unique<SilenceDesk>(context, parts.incidents, *intake->store_,
                                                      intake->peers_, parts.options.silence_warning);
    intake->alerts_ = std::make_unique<AlertDesk>(context, parts.incidents, *intake->silences_,
                                                  *intake->file_, std::move(parts.own_alerts));
    intake->silences_->set_alerts([&alerts = *intake->alerts_] { return alerts.firing(); });
    if (auto restored = intake->alerts_->restore(); !restored) return core::Failure(restored.error());
    intake->changes_ = std::make_unique<ChangeDesk>(context, parts.incidents, *intake->file_);
    if (auto restored = intake->changes_->restore(parts.options.objectives); !restored)
        return core::Failure(restored.error());
    intake->poll_ =
        std::make_unique<AlertmanagerPoll>(context, intake->peers_, *intake->alerts_, *intake->silences_);
    return intake;
}

void Intake::tick() {
    if (!poll_->has_threads()) poll_->poll();
    silences_->tick();
    alerts_->tick();
    changes_->watch(directory_.now());
}

std::string Intake::source_of(const std::string& named, const alertmanager::Webhook& webhook) const {
    const auto known = [this](const auto& fits) -> std::string {
        const auto found =
            std::ranges::find_if(peers_, [&](const auto& peer) { return fits(peer->options()); });
        return found == peers_.end() ? std::string() : (*found)->options().name;
    };
    if (!named.empty())
        if (std::string name = known([&](const auto& options) { return options.name == named; });
            !name.empty())
            return name;
    const std::string url = without_slash(webhook.external_url);
    if (std::string name =
            known([&](const auto& options) { return without_slash(options.access.url) == url; });
        !name.empty())
        return name;
    return peers_.size() == 1 ? peers_.front()->options().name : std::string(unnamed_source);
}

}  // namespace qd::opsd
