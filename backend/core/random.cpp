#include "core/random.hpp"

namespace qd::core {
namespace {

std::uint64_t seed_from_system() {
    std::random_device device;
    return (std::uint64_t(device()) << 32) | device();
}

}  // namespace

std::string Random::hex(std::size_t bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text(bytes * 2, '0');
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < text.size(); ++i, bits >>= 4) {
        if (i % 16 == 0) bits = next();
        text[i] = digits[bits & 15];
    }
    return text;
}

std::uint64_t SeededRandom::next() {
    const std::lock_guard lock(mutex_);
    return engine_();
}

SystemRandom::SystemRandom() : seeded_(seed_from_system()) {}

}  // namespace qd::core
