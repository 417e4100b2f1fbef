#include "report/run_text.h"

#include <gmock/gmock.h>

#include <sstream>

#include "report/sample_answer.h"

namespace headway {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

void expect_narrow(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns_of(line), kTextWidth) << line;
}

TEST(RunText, BeginsWithTheVerdict) {
  EXPECT_THAT(run_text(sample::answer()),
              StartsWith("tiny: 10.00 s per step, 6,400 tokens/s, MFU 40.0 %; fits: 42.0 of 80.0 GiB\n"));
  EXPECT_THAT(run_text(sample::too_large()),
              StartsWith("large: does not fit: needs 94.1 GiB of 80.0. With more memory: 10.00 s per step"));
}

TEST(RunText, BarsShowWhereTheStepGoes) {
  const std::string text = run_text(sample::answer());
  EXPECT_THAT(text, HasSubstr("  compute                      5.000 s   50.0 %  ####################\n"));
  EXPECT_THAT(text, HasSubstr("  tensor-parallel traffic      2.000 s   20.0 %  ########\n"));
  EXPECT_THAT(text, HasSubstr("  data-parallel traffic       10.00 ms    0.1 %  #\n"));
  EXPECT_THAT(text, Not(HasSubstr("expert-parallel traffic"))) << "parts that are zero stay out";
}

TEST(RunText, MemoryByStageMarksWhatDoesNotFit) {
  EXPECT_THAT(run_text(sample::answer()), HasSubstr("                         optimizer\n"
                                                    "  stage  total  weights     states  activations\n"
                                                    "      0  42.0      10.0        2.0         30.0\n"
                                                    "      1  32.0      10.0        2.0         20.0\n"));
  EXPECT_THAT(run_text(sample::too_large()), HasSubstr("94.1!"));
}

TEST(RunText, EqualStagesShareALine) {
  TrainingAnswer answer = sample::answer();
  answer.result.memory_by_stage = {sample::stage(10, 30), sample::stage(10, 20), sample::stage(10, 20), sample::stage(10, 5)};
  EXPECT_THAT(run_text(answer), HasSubstr("    1-2  32.0"));
}

TEST(RunText, SaysWhatWasAssumedAndChosen) {
  const std::string text = run_text(sample::answer());
  EXPECT_THAT(text, HasSubstr("- placement packed"));
  EXPECT_THAT(text, HasSubstr("tensor 4 (with sequence) x pipeline 2 x data 2"));
  EXPECT_THAT(text, HasSubstr("tensor all_reduce  ring simple        4  64.0 MiB  123.4 us       512"));
}

TEST(RunText, OwnTimesOnlyWithStats) {
  EXPECT_THAT(run_text(sample::answer()), Not(HasSubstr("wall")));
  EXPECT_THAT(run_text(sample::answer(), {.colour = false, .stats = true}), HasSubstr("1.500 s wall, 2.500 s CPU, 64 MiB"));
}

TEST(RunText, ColourChangesNoText) {
  std::string coloured = run_text(sample::answer(), {.colour = true, .stats = false});
  EXPECT_THAT(coloured, HasSubstr("\x1b["));
  for (auto at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b'))
    coloured.erase(at, coloured.find('m', at) - at + 1);
  EXPECT_EQ(coloured, run_text(sample::answer()));
}

TEST(RunText, FitsTheWidth) {
  TrainingAnswer answer =
      sample::answer("a scenario with quite a long name, such as people give to the files they have made in a hurry");
  answer.question = std::string("Why ") + std::string(40, 'w') +
                    " should one ask so long a question that no line of a terminal could ever hold it whole?";
  answer.result.collectives.front().name = std::string(90, 'c');
  expect_narrow(run_text(answer));
  const std::vector<Answer> two = {answer, sample::too_large()};
  expect_narrow(compare_text(two));
}

TEST(CompareText, NamesTheWinnerAndWhyOthersLose) {
  TrainingAnswer slow = sample::answer("slow");
  slow.result.step_time = Seconds(20);
  slow.result.tokens_per_s = 3200;
  slow.result.breakdown.exposed_tensor = Seconds(12);
  slow.result.bottleneck = "tensor-parallel traffic";
  const std::vector<Answer> answers = {slow, sample::answer()};
  const std::string text = compare_text(answers);
  EXPECT_THAT(text,
              StartsWith("tiny is best: 6,400 tokens/s. Against the rest: 2.00x slow. Why the last is behind: 2.00x slower"));
  EXPECT_LT(text.find("\n  tiny"), text.find("\n  slow"));
  EXPECT_THAT(text, HasSubstr("  slow: tensor-parallel traffic\n    behind because: 2.00x slower per token: 100 % of the loss is "
                              "exposed tensor-parallel traffic\n"));
}

}  // namespace
}  // namespace headway
