// headway: what a training cluster will really deliver. Each command is one file in this folder.
#include <cstdio>
#include <exception>
#include <new>

#include "app/command.h"
#include "app/usage.h"
#include "base/diagnostic.h"

int main(int argc, char** argv) {
  using namespace headway;
  CLI::App app("Headway: what a training cluster will really deliver.", "headway");
  app.set_version_flag("--version", "headway " HEADWAY_VERSION);
  app.require_subcommand(1);

  int exit_code = kAnswered;
  add_run(app, exit_code);
  add_compare(app, exit_code);
  add_explain(app, exit_code);
  add_plan(app, exit_code);
  add_size(app, exit_code);
  add_sweep(app, exit_code);
  add_list(app, exit_code);
  add_show(app, exit_code);
  add_controls(app, exit_code);
  add_validate(app, exit_code);
  add_schema(app, exit_code);
  add_completion(app, exit_code);
  add_man(app, exit_code);

  try {
    require_command(app, argc, argv);
    app.parse(argc, argv);
  } catch (const CLI::ParseError& usage) {
    return leave(app, usage);
  } catch (const InputError& mistakes) {
    std::fprintf(stderr, "%s\n", mistakes.what());
    return kWrongInput;
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "headway: not enough memory for this simulation\n");
    return kOurFault;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "headway: internal error: %s\n", fault.what());
    return kOurFault;
  }
  return exit_code;
}
