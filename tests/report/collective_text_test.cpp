#include "report/collective_text.h"

#include <gmock/gmock.h>

#include <sstream>

#include "report/run_text.h"
#include "report/sample_answer.h"

namespace headway {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(CollectiveText, BeginsWithTheVerdict) {
  EXPECT_THAT(run_text(sample::collective()),
              StartsWith("bare: all_reduce of 954 MiB over 8 devices: 4.000 ms, busbw 437.5 GB/s\n"));
}

TEST(CollectiveText, SaysWhatBoundsIt) {
  CollectiveAnswer answer = sample::collective();
  EXPECT_THAT(run_text(answer), HasSubstr("bandwidth: scale_out: device out carries most, and allows 2.000 ms at best"));
  EXPECT_THAT(run_text(answer), HasSubstr("50.0 %   reached"));
  EXPECT_THAT(run_text(answer), HasSubstr("ring, simple protocol, as the library chooses it"));
  EXPECT_THAT(run_text(answer), HasSubstr("the first 8 take part"));
  answer.result.latency = Seconds(3e-3);
  answer.result.what.forced.algorithm = Algorithm::ring;
  EXPECT_THAT(run_text(answer), HasSubstr("latency: 75.0 % of the time"));
  EXPECT_THAT(run_text(answer), HasSubstr("the algorithm as the scenario says"));
}

TEST(CollectiveText, OwnTimesOnlyWithStats) {
  EXPECT_THAT(run_text(sample::collective()), Not(HasSubstr("wall")));
  EXPECT_THAT(run_text(sample::collective(), {.colour = false, .stats = true}), HasSubstr("1.500 s wall, 2.500 s CPU, 64 MiB"));
}

TEST(CollectiveText, ComparesByTimeAndFitsTheWidth) {
  CollectiveAnswer slow =
      sample::collective("a collective with quite a long name, such as people give to what they made in a hurry");
  slow.result.time = Seconds(8e-3);
  const std::vector<Answer> answers = {slow, sample::collective()};
  const std::string text = compare_text(answers);
  EXPECT_THAT(text, StartsWith("bare is fastest: 4.000 ms. Against the rest: 2.00x a collective"));
  EXPECT_THAT(text, HasSubstr("behind because: 2.00x slower: 100 % of the loss is transfer"));
  for (std::istringstream lines(text + run_text(slow)); std::getline(lines, slow.question);)
    EXPECT_LE(columns_of(slow.question), kTextWidth) << slow.question;
}

TEST(CollectiveText, TrainingAndCollectivesStandApart) {
  const std::vector<Answer> answers = {sample::answer(), sample::collective()};
  const std::string text = compare_text(answers);
  EXPECT_THAT(text, HasSubstr("tiny stands alone: 6,400 tokens/s"));
  EXPECT_THAT(text, HasSubstr("bare stands alone: 4.000 ms"));
}

}  // namespace
}  // namespace headway
