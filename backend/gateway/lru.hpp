#pragma once
// A map with a budget: what has not been used for longest goes first. Pure.

#include <cstdint>
#include <functional>
#include <iterator>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace qd::gateway {

/// Not thread-safe. The sum of costs never exceeds the capacity; a value that costs more than that is not
/// taken.
template <class Value>
class Lru {
public:
    explicit Lru(std::uint64_t capacity) : capacity_(capacity) {}

    /// Makes it the most recently used. Valid until the next put or erase.
    Value* find(std::string_view key) {
        const auto at = index_.find(key);
        if (at == index_.end()) return nullptr;
        entries_.splice(entries_.begin(), entries_, at->second);
        return &at->second->value;
    }

    /// Looks without using: the order stays as it is.
    Value* peek(std::string_view key) {
        const auto at = index_.find(key);
        return at == index_.end() ? nullptr : &at->second->value;
    }

    /// Replaces what was there. Returns what had to go, the replaced value and a refused one included.
    std::vector<Value> put(std::string key, Value value, std::uint64_t cost) {
        std::vector<Value> gone;
        if (auto old = take(key)) gone.push_back(std::move(*old));
        if (cost > capacity_) {
            gone.push_back(std::move(value));
            return gone;
        }
        while (cost_ + cost > capacity_) {
            gone.push_back(std::move(entries_.back().value));
            drop(std::prev(entries_.end()));
        }
        entries_.push_front({std::move(key), std::move(value), cost});
        index_.emplace(entries_.front().key, entries_.begin());
        cost_ += cost;
        return gone;
    }

    std::optional<Value> take(std::string_view key) {
        const auto at = index_.find(key);
        if (at == index_.end()) return std::nullopt;
        std::optional<Value> value(std::move(at->second->value));
        drop(at->second);
        return value;
    }

    /// Takes out all whose key fits; for rare occasions, since it looks at each.
    std::vector<Value> take_if(const std::function<bool(std::string_view)>& fits) {
        std::vector<Value> gone;
        for (auto entry = entries_.begin(); entry != entries_.end();) {
            const auto here = entry++;
            if (!fits(here->key)) continue;
            gone.push_back(std::move(here->value));
            drop(here);
        }
        return gone;
    }

    std::uint64_t cost() const { return cost_; }
    std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        std::string key;
        Value value;
        std::uint64_t cost;
    };
    using Entries = std::list<Entry>;

    void drop(typename Entries::iterator entry) {
        cost_ -= entry->cost;
        index_.erase(entry->key);
        entries_.erase(entry);
    }

    const std::uint64_t capacity_;
    std::uint64_t cost_ = 0;
    Entries entries_;                                                         // most recently used first
    std::unordered_map<std::string_view, typename Entries::iterator> index_;  // views into the entries' keys
};

}  // namespace qd::gateway
