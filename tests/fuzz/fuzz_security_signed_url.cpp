// Whatever a client puts into a link is refused or stands for exactly what was signed.
#include <cstdlib>

#include "fuzz/target.hpp"
#include "security/signed_url.hpp"

namespace {

using namespace qd;

const core::WallTime now{std::chrono::days(20'000)};

const security::UrlSigner& signer() {
    static const auto made = security::UrlSigner::create({{"k1", "0123456789abcdef"}}, "k1");
    return *made;
}

}  // namespace

std::vector<std::string> qd::fuzz::seeds() {
    return {*signer().sign({"/media/00abc/", now + std::chrono::hours(1), "canary"}, now),
            *signer().sign({"/", now + std::chrono::hours(1), {}}, now), "1.k1.1.stable.Lw.AAAA", ""};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const std::string_view path : {"/media/00abc/720p/index.m3u8", "/", ""}) {
        const auto grant = signer().verify(text, path, now);
        if (!grant) continue;
        // Only our own signature can be valid, and signing its grant again gives the same text.
        const auto again = signer().sign(*grant, now);
        if (!again || *again != text) std::abort();
    }
    return 0;
}
