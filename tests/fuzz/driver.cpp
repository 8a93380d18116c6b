// Runs a fuzz target without libFuzzer: its seeds, then mutations of them by a fixed random sequence, so that
// every compiler and sanitizer preset can run it as a test. Usage: <target> [iterations]. With clang the same
// sources link against -fsanitize=fuzzer instead of this file.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/target.hpp"

int main(int argc, char** argv) {
    const long iterations = argc > 1 ? std::atol(argv[1]) : 5'000;
    std::mt19937_64 random(42);
    std::vector<std::string> corpus = qd::fuzz::seeds();
    if (corpus.empty()) corpus.emplace_back();
    const auto run = [](const std::string& input) {
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
    };
    for (const std::string& seed : corpus) run(seed);
    for (long i = 0; i < iterations; ++i) {
        std::string input = corpus[random() % corpus.size()];
        for (std::uint64_t edits = 1 + random() % 8; edits > 0; --edits) {
            const std::size_t at = input.empty() ? 0 : random() % input.size();
            switch (random() % 5) {
                case 0:
                    input.insert(at, 1, char(random()));
                    break;
                case 1:
                    if (!input.empty()) input[at] = char(random());
                    break;
                case 2:
                    input.erase(at, random() % 16);
                    break;
                case 3:
                    input.insert(at, input.substr(at, random() % 32));
                    break;
                default: {
                    const std::string& other = corpus[random() % corpus.size()];
                    if (!other.empty())
                        input.insert(at, other.substr(random() % other.size(), random() % 64));
                }
            }
        }
        if (input.size() < (1u << 16)) run(input);
    }
    return 0;
}
