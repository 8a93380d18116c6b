#include "storage/hash_chain.hpp"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace qd::storage {
namespace {

using core::Errc;
using core::fail;

/// OpenSSL's SHA-256 uses the processor's own instructions, which make it several times as fast as
/// libsodium's; a context is made once a thread.
class Sha256 {
public:
    Sha256()
        : algorithm_(EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free),
          context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
        if (!algorithm_ || !context_) throw std::runtime_error("OpenSSL has no SHA-256");
    }

    void digest(std::string_view bytes, unsigned char (&out)[32]) {
        unsigned size = sizeof out;
        if (EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr) != 1 ||
            EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1 ||
            EVP_DigestFinal_ex(context_.get(), out, &size) != 1)
            throw std::runtime_error("OpenSSL's SHA-256 fails");
    }

    std::string input;  // where a row's fields are put together

private:
    std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm_;
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

void put(std::string& out, std::uint64_t value) {
    char bytes[8];
    for (unsigned i = 0; i < 8; ++i) bytes[i] = char(value >> (8 * i));
    out.append(bytes, sizeof bytes);
}

void put(std::string& out, std::string_view text) {
    put(out, std::uint64_t(text.size()));
    out += text;
}

}  // namespace

std::string hash_of(const RowView& row) {
    thread_local Sha256 sha;
    sha.input.clear();
    put(sha.input, row.prev_hash);
    put(sha.input, row.stream);
    put(sha.input, row.seq);
    put(sha.input, std::uint64_t(row.at.time_since_epoch().count()));
    put(sha.input, row.kind);
    put(sha.input, row.body);
    unsigned char digest[32];
    sha.digest(sha.input, digest);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex(64, '0');
    for (std::size_t i = 0; i < sizeof digest; ++i) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    return hex;
}

std::string_view no_hash() {
    static const std::string zeros(64, '0');
    return zeros;
}

ChainCheck::ChainCheck(Heads known) : known_(std::move(known)) {}

ChainCheck::Link& ChainCheck::link(std::string_view stream) {
    const auto found = links_.find(stream);
    if (found != links_.end()) return found->second;
    Link& fresh = links_[std::string(stream)];
    fresh.hash = no_hash();
    const auto known = known_.find(std::string(stream));
    if (known != known_.end()) fresh.known = &known->second;
    return fresh;
}

core::Result<> ChainCheck::add(const RowView& row) {
    ++rows_;
    Link& last = link(row.stream);
    if (last.broken) return {};
    last.broken = true;
    if (row.seq != last.seq + 1)
        return fail(Errc::corrupt, "the log of {} lacks entry {}", row.stream, last.seq + 1);
    if (row.prev_hash != last.hash || row.hash != hash_of(row) ||
        (last.known != nullptr && last.known->seq == row.seq && last.known->hash != row.hash))
        return fail(Errc::corrupt, "entry {} of the log of {} was altered", row.seq, row.stream);
    last.broken = false;
    last.seq = row.seq;
    last.hash = row.hash;
    return {};
}

core::Result<> ChainCheck::ended(std::string_view stream) const {
    const auto known = known_.find(std::string(stream));
    const auto link = links_.find(stream);
    if (known == known_.end() || (link != links_.end() && link->second.broken)) return {};
    const std::uint64_t last = link == links_.end() ? 0 : link->second.seq;
    if (last >= known->second.seq) return {};
    return fail(Errc::corrupt, "the log of {} lacks entry {}: it was cut off behind entry {}, and had {}",
                stream, last + 1, last, known->second.seq);
}

std::uint64_t ChainCheck::rows_of(std::string_view stream) const {
    const auto link = links_.find(stream);
    return link == links_.end() ? 0 : link->second.seq;
}

}  // namespace qd::storage
