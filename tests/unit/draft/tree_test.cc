// SPDX-License-Identifier: Apache-2.0
// tree_test: where the parts of a document stand.
#include "drafting.h"
#include "labels.h"
#include "node.h"

namespace stickyd {
namespace {

TEST(TreeTest, YamlPlacesCountFromOne) {
  const auto documents = ReadYaml("a: 1\nb:\n  - x\n  - {c: \"d\"}\n---\ne: ~\n", 7);
  ASSERT_TRUE(documents.has_value());
  ASSERT_EQ(documents->size(), 2U);
  const Node* d = (*documents)[0].Find("b");
  ASSERT_NE(d, nullptr);
  const Node& c = d->children[1].children[0];
  EXPECT_EQ(c.text, "d");
  EXPECT_EQ(c.key_place.line, 4U);
  EXPECT_EQ(c.key_place.column, 6U);
  EXPECT_EQ(c.place.column, 9U);
  EXPECT_EQ(c.place.file, 7U);
  EXPECT_EQ(d->children[1].style, Node::Style::kFlow);
  EXPECT_EQ((*documents)[1].Find("e")->kind, Node::Kind::kNull);
}

TEST(TreeTest, MergeKeysFillInWhatIsNotThere) {
  const auto documents = ReadYaml("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\n", 0);
  ASSERT_TRUE(documents.has_value());
  const Node* y = documents->front().Find("y");
  EXPECT_EQ(y->TextOf("a"), "1");
  EXPECT_EQ(y->TextOf("b"), "3");
  EXPECT_EQ(y->Find("a")->style, Node::Style::kCopied);
  EXPECT_EQ(y->children.size(), 2U);
}

TEST(TreeTest, TomlHasLinesToo) {
  const auto documents = ReadToml("[a.b]\nc = true\nd = [1, 2]\n", 0);
  ASSERT_TRUE(documents.has_value());
  const Node* c = documents->front().At({"a", "b", "c"});
  ASSERT_NE(c, nullptr);
  EXPECT_EQ(c->text, "true");
  EXPECT_EQ(c->key_place.line, 2U);
  EXPECT_EQ(documents->front().At({"a", "b", "d"})->children[1].text, "2");
}

TEST(TreeTest, LabelsAreATreeOfTheirDots) {
  const std::string key = "traefik.http.routers.a.tls.domains[1].main";
  const Node tree =
      TreeOfLabels({{key, "x", {}}, {"traefik.HTTP.routers.a.tls", "true", {}}}, "traefik.");
  const Node* tls = tree.At({"http", "routers", "a", "tls"});
  ASSERT_NE(tls, nullptr);
  const Node* domains = tls->Find("domains");
  ASSERT_NE(domains, nullptr);
  ASSERT_TRUE(domains->IsList());
  ASSERT_EQ(domains->children.size(), 2U);
  EXPECT_EQ(domains->children[1].TextOf("main"), "x");
  EXPECT_TRUE(TreeOfLabels({{"a.b[99999999999]", "x", {}}}, "").children.size() == 1);
}

}  // namespace
}  // namespace stickyd
