// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/access_record.h"

namespace stickyd {
namespace {

struct FieldName {
  std::string_view name;
  Text AccessRecord::*field;
};

constexpr FieldName kFields[] = {
    {"ClientAddr", &AccessRecord::client_addr},
    {"ClientHost", &AccessRecord::client_host},
    {"ClientUsername", &AccessRecord::user},
    {"RequestHost", &AccessRecord::host},
    {"RequestMethod", &AccessRecord::method},
    {"RequestPath", &AccessRecord::path},
    {"RouterName", &AccessRecord::router},
    {"ServiceName", &AccessRecord::service},
    {"TLSClientSubject", &AccessRecord::tls_subject},
    {"entryPointName", &AccessRecord::entry_point},
    {"request_Cookie", &AccessRecord::cookie},
    {"request_Origin", &AccessRecord::origin},
    {"request_Referer", &AccessRecord::referer},
    {"request_User-Agent", &AccessRecord::user_agent},
};

}  // namespace

const Text AccessRecord::*AccessRecord::Field(std::string_view name) {
  for (const FieldName& field : kFields) {
    if (field.name == name) return field.field;
  }
  return nullptr;
}

}  // namespace stickyd
