// SPDX-License-Identifier: Apache-2.0
// draft_rules.cc: rules of the audit for files that are not deployed yet. What they say was noted
//                 when the files were read.
#include "audit_rules.h"

namespace stickyd::audit_rules {
namespace {

void AddNotes(const AuditScan& scan, DraftNoteKind kind, FindingList& out) {
  if (scan.input.draft == nullptr) return;
  for (const DraftNote& note : scan.input.draft->notes) {
    if (note.kind != kind) continue;
    Fix fix = FixByWords(note.fix);
    fix.edits = note.edits;
    Finding& finding = out.Add(note.level, {note.service, note.objects}, note.text, std::move(fix));
    finding.detail = note.detail;
    finding.spots.push_back(note.spot);
  }
}

}  // namespace

void BrokenFile(const AuditScan& scan, FindingList& out) {
  AddNotes(scan, DraftNoteKind::kBrokenFile, out);
}

void UnreadKey(const AuditScan& scan, FindingList& out) {
  AddNotes(scan, DraftNoteKind::kUnreadKey, out);
}

void DefinedTwice(const AuditScan& scan, FindingList& out) {
  AddNotes(scan, DraftNoteKind::kDefinedTwice, out);
}

void UnusedService(const AuditScan& scan, FindingList& out) {
  AddNotes(scan, DraftNoteKind::kUnused, out);
}

void NotKnownYet(const AuditScan& scan, FindingList& out) {
  AddNotes(scan, DraftNoteKind::kNotKnown, out);
}

}  // namespace stickyd::audit_rules
