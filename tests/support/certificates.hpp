#pragma once
// A small authority for tests: it signs certificates for 127.0.0.1, for a day.

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <QtGlobal>
#include <filesystem>
#include <memory>
#include <string>

#include "core/files.hpp"

namespace qd::test {

class Authority {
public:
    Authority()
        : key_(EVP_EC_gen("P-256"), EVP_PKEY_free),
          certificate_(make("test authority", key_.get(), nullptr, nullptr)) {}

    /// Writes <folder>/ca.pem.
    void write(const std::filesystem::path& folder) const {
        save(folder / "ca.pem", [&](BIO* out) { return PEM_write_bio_X509(out, certificate_.get()); });
    }
    /// Writes <folder>/<name>.pem and <name>.key, signed by this authority.
    void issue(const std::filesystem::path& folder, const std::string& name) const {
        const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
        const auto certificate = make(name, key.get(), certificate_.get(), key_.get());
        save(folder / (name + ".pem"), [&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
        save(folder / (name + ".key"), [&](BIO* out) {
            return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
    }

private:
    using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
    using Certificate = std::unique_ptr<X509, void (*)(X509*)>;

    /// Without an issuer: an authority that signs itself.
    static Certificate make(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
        Certificate made(X509_new(), X509_free);
        X509_set_version(made.get(), 2);
        static long serial = 0;
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), 86'400);
        X509_set_pubkey(made.get(), key);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
        X509_set_issuer_name(made.get(), X509_get_subject_name(issuer ? issuer : made.get()));
        extend(made.get(), NID_basic_constraints, issuer ? "CA:FALSE" : "critical,CA:TRUE");
        if (issuer) extend(made.get(), NID_subject_alt_name, "IP:127.0.0.1");
        if (X509_sign(made.get(), issuer_key ? issuer_key : key, EVP_sha256()) == 0)
            qFatal("a certificate cannot be signed");
        return made;
    }
    static void extend(X509* certificate, int what, const char* value) {
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value);
        X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }
    template <class Write>
    static void save(const std::filesystem::path& file, Write write) {
        const std::unique_ptr<BIO, void (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free_all);
        if (write(out.get()) != 1) qFatal("a certificate cannot be written");
        char* data = nullptr;
        const long size = BIO_get_mem_data(out.get(), &data);
        if (!core::write_file_atomically(file, {data, std::size_t(size)}, 0600))
            qFatal("no file can be written");
    }

    Key key_;
    Certificate certificate_;
};

}  // namespace qd::test
