// SPDX-License-Identifier: Apache-2.0
// certificates.h: certificates of a test's own, made when it runs.
// Shape:   an authority, and what it signs, as PEM files in a folder. Keys are of P-256: quick.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

namespace stickyd {

// Paths of PEM files.
struct CertificateFiles {
  std::string cert;
  std::string key;
};

struct CertificatePlan {
  std::string names = "IP:127.0.0.1";  // subjectAltName; empty: none
  long begins_s = -3600;               // from now on
  long ends_s = 3600;
  std::string password = "";  // of the key; empty: none
};

class Authority {
 public:
  // Its certificate is FOLDER/NAME.pem.
  Authority(std::string folder, const std::string& name)
      : folder_(std::move(folder)), key_(MakeKey()), cert_(Make(key_.get(), name, {})) {
    Extend(cert_.get(), NID_basic_constraints, "critical,CA:TRUE");
    Extend(cert_.get(), NID_key_usage, "critical,keyCertSign");
    file_ = Write(cert_.get(), name);
  }
  const std::string& file() const { return file_; }

  CertificateFiles Issue(const std::string& name, const CertificatePlan& plan = {}) const {
    const Key key = MakeKey();
    const Cert cert = Make(key.get(), name, plan);
    if (!plan.names.empty()) Extend(cert.get(), NID_subject_alt_name, plan.names.c_str());
    CertificateFiles files{Write(cert.get(), name), folder_ + "/" + name + ".key"};
    FILE* const file = Open(files.key);
    const EVP_CIPHER* const cipher = plan.password.empty() ? nullptr : EVP_aes_128_cbc();
    Must(PEM_write_PrivateKey(file, key.get(), cipher, nullptr, 0, nullptr,
                              const_cast<char*>(plan.password.c_str())));
    std::fclose(file);
    return files;
  }

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* cert) const { X509_free(cert); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  };
  using Key = std::unique_ptr<EVP_PKEY, Free>;
  using Cert = std::unique_ptr<X509, Free>;

  static void Must(int done) {
    if (done == 0) std::abort();
  }
  static FILE* Open(const std::string& path) {
    FILE* const file = std::fopen(path.c_str(), "we");
    if (file == nullptr) std::abort();
    return file;
  }
  static Key MakeKey() { return Key(EVP_EC_gen("P-256")); }

  // Signed by this authority, or by itself while there is none.
  Cert Make(EVP_PKEY* key, const std::string& name, const CertificatePlan& plan) const {
    Cert cert(X509_new());
    X509_set_version(cert.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(cert.get()), plan.begins_s);
    X509_gmtime_adj(X509_getm_notAfter(cert.get()), plan.ends_s);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    const X509* const issuer = cert_ ? cert_.get() : cert.get();
    X509_set_issuer_name(cert.get(), X509_get_subject_name(issuer));
    X509_set_pubkey(cert.get(), key);
    Must(X509_sign(cert.get(), key_.get(), EVP_sha256()));
    return cert;
  }
  void Extend(X509* cert, int what, const char* value) const {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, cert_.get(), cert, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Free> extension(
        X509V3_EXT_conf_nid(nullptr, &context, what, value));
    Must(X509_add_ext(cert, extension.get(), -1));
    Must(X509_sign(cert, key_.get(), EVP_sha256()));
  }
  std::string Write(X509* cert, const std::string& name) const {
    std::string path = folder_ + "/" + name + ".pem";
    FILE* const file = Open(path);
    Must(PEM_write_X509(file, cert));
    std::fclose(file);
    return path;
  }

  const std::string folder_;
  mutable long serial_ = 0;
  const Key key_;
  const Cert cert_;
  std::string file_;
};

}  // namespace stickyd
