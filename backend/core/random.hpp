#pragma once
// Every random source is injected, so that tests and seeded runs repeat.

#include <cstdint>
#include <mutex>
#include <random>
#include <string>

namespace qd::core {

/// Thread-safe.
class Random {
public:
    virtual ~Random() = default;
    virtual std::uint64_t next() = 0;

    /// Uniform in [0, 1).
    double uniform() { return double(next() >> 11) * 0x1.0p-53; }
    /// Uniform in [0, bound); 0 when bound is 0. The modulo bias is below 2^-32 for bounds below 2^32.
    std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }
    /// `bytes` random bytes as lowercase hexadecimal.
    std::string hex(std::size_t bytes);
};

/// Not for secrets: see security/ for those.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t next() override;

private:
    std::mutex mutex_;
    std::mt19937_64 engine_;
};

/// Seeded once from the operating system.
class SystemRandom final : public Random {
public:
    SystemRandom();
    std::uint64_t next() override { return seeded_.next(); }

private:
    SeededRandom seeded_;
};

}  // namespace qd::core
