// What the two sessions tell: from their threads.

#include "compare/lockstep_impl.hpp"

namespace qd::compare {
namespace {

constexpr std::size_t most_rows = 200;
constexpr std::size_t most_kept = 300;

template <class T>
void keep(std::deque<T>& row, T one) {
    row.push_back(std::move(one));
    if (row.size() > most_kept) row.pop_front();
}

}  // namespace

void Lockstep::Impl::Player::on_presentation(const player::PresentationInfo& info) {
    {
        const std::lock_guard lock(owner.mutex_);
        presentation = info;
        owner.settle_loop();
    }
    owner.levels_known();
    owner.match_subtitles();
}

void Lockstep::Impl::Player::on_available() {
    const std::lock_guard lock(owner.mutex_);
    fresh = true;
    owner.decode_wake_.notify_all();
}

void Lockstep::Impl::Player::on_fetch(const player::FetchRecord& record) {
    {
        const std::lock_guard lock(owner.mutex_);
        qoe.fetched(record);
        if (record.kind == player::FetchKind::segment && record.track == player::Track::main && record.ok()) {
            SegmentRow& row = owner.rows_[record.sequence];
            row.sequence = record.sequence;
            if (side == Side::a || row.start == core::Seconds(0)) row.start = record.media_start;
            row.first_byte[side] = core::Seconds(record.timings.first_byte);
            row.elapsed[side] = core::Seconds(record.elapsed);
            row.bytes[side] = record.bytes;
            if (owner.rows_.size() > most_rows) owner.rows_.erase(owner.rows_.begin());
        }
    }
    if (owner.callbacks_.on_fetch) owner.callbacks_.on_fetch(side, record);
}

void Lockstep::Impl::Player::on_decision(const player::AbrDecision& decision) {
    {
        const std::lock_guard lock(owner.mutex_);
        keep(decisions, decision);
    }
    if (owner.callbacks_.on_decision) owner.callbacks_.on_decision(side, decision);
}

void Lockstep::Impl::Player::on_skipped(const player::SkippedSegment& segment) {
    {
        const std::lock_guard lock(owner.mutex_);
        qoe.segment_skipped();
        keep(skipped, {owner.services_.clock.now(), segment});
    }
    if (owner.callbacks_.on_skipped) owner.callbacks_.on_skipped(side, segment);
}

void Lockstep::Impl::Player::on_notice(const player::Notice& told) {
    {
        const std::lock_guard lock(owner.mutex_);
        keep(notices, told);
        owner.notice(options.name + ": " + told.message);
    }
    owner.outbox_.drain(owner.mutex_);
}

void Lockstep::Impl::Player::on_failed(const core::Error& failure) {
    // What is buffered is played out; the decode thread then finds the session failed.
    const std::lock_guard lock(owner.mutex_);
    error = failure;
    fresh = true;
    owner.settle_loop();
    owner.decode_wake_.notify_all();
}

}  // namespace qd::compare
