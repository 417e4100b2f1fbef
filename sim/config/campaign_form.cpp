// A run of weeks as a scenario writes it: what is to be done, what interrupts it, what each interruption costs.
#include "config/count_form.h"
#include "config/file_forms.h"

namespace headway {

namespace {

Form<CheckpointPlan> checkpoint() {
  using C = CheckpointPlan;
  using B = BackgroundWrite;
  const Form<B> background =
      Record<B>()
          .required("stall", &B::stall, quantity<Seconds>(kNotNegative), "until the snapshot is taken and the job goes on")
          .required("slow_down", &B::slow_down, number({.least = 0, .most = 0.99}), "of the steps while it is written")
          .form();
  return Record<C>()
      .optional("size", &C::size, quantity<Bytes>(), "weights, master weights and moments of all parameters where left out")
      .optional("bandwidth", &C::bandwidth, quantity<Bandwidth>(), "of the storage, for the checkpoint of the whole job")
      .optional("write_time", &C::write_time, quantity<Seconds>(), "in place of size and bandwidth")
      .optional("read_bandwidth", &C::read_bandwidth, quantity<Bandwidth>(), "at a restart; as it is written where left out")
      .optional("every", &C::every, quantity<Seconds>(), "of running time; the optimum (Daly) where left out")
      .optional("asynchronous", &C::asynchronous, background, "written in the background; where left out the job waits")
      .check_with([](const Node& node, C& plan) {
        if (!plan.bandwidth && !plan.write_time) node.error_at_key("needs \"bandwidth\" or \"write_time\"");
        if (plan.bandwidth && plan.write_time) node.error_below("write_time", "write either bandwidth or write_time");
        if (plan.write_time && plan.read_bandwidth)
          node.error_below("read_bandwidth", "a checkpoint of known \"write_time\" is read in the same time");
      })
      .form();
}

Form<RecoveryPlan> recovery() {
  using R = RecoveryPlan;
  return Record<R>()
      .required("detection", &R::detection, quantity<Seconds>(kNotNegative), "until the failure is found and its place known")
      .required("restart", &R::restart, quantity<Seconds>(kNotNegative), "of processes and communicators; reading is added")
      .optional("warm_up", &R::warm_up, quantity<Seconds>(kNotNegative), "until steps are as fast as before; 0 where left out")
      .form();
}

Form<SpareNodes> spares() {
  using S = SpareNodes;
  return Record<S>()
      .required("nodes", &S::nodes, integer(0), "that stand ready; 0: a broken node is waited for")
      .required("repair", &S::repair, quantity<Seconds>(), "until a broken node is ready again")
      .form();
}

Form<MaintenancePlan> maintenance() {
  using M = MaintenancePlan;
  return Record<M>()
      .required("every", &M::every, quantity<Seconds>(), "from the start of one window to that of the next")
      .required("lasts", &M::lasts, quantity<Seconds>(kNotNegative),
                "a window, without the checkpoint before and the restart after")
      .check_with([](const Node& node, M& plan) {
        if (plan.lasts >= plan.every) node.error_below("lasts", "a window lasts less than from one to the next");
      })
      .form();
}

Form<StragglerPlan> stragglers() {
  using S = StragglerPlan;
  return Record<S>()
      .required("share", &S::share, number(kShareOrNone), "of the running time in which the fleet has a slow device")
      .required("slow_down", &S::slow_down, number({.least = 0, .most = 0.99}), "of the whole job then")
      .required("lasts", &S::lasts, quantity<Seconds>(), "until it is found, on average")
      .form();
}

}  // namespace

const Form<Campaign>& campaign_form() {
  using C = Campaign;
  using G = CampaignGoal;
  static const Form<Campaign> form =
      Record<C>()
          .applied(
              "tokens", count(), [](C& c, double tokens) { c.goal.tokens = tokens; }, "to train on: 15T")
          .applied(
              "steps", count(), [](C& c, double steps) { c.goal.steps = steps; }, "to do, in place of tokens")
          .applied(
              "lasts", quantity<Seconds>(), [](C& c, Seconds lasts) { c.goal.lasts = lasts; },
              "as far as it comes in that time, in place of tokens: 54 d")
          .required("reliability", &C::reliability, reference(CatalogueKind::reliability, reliability_form()),
                    "what fails and how often: a name in topologies/reliability, or in place")
          .required("checkpoint", &C::checkpoint, checkpoint(), "what is written, how fast and how often")
          .required("recovery", &C::recovery, recovery(), "what an interruption costs")
          .optional("spares", &C::spares, spares(), "nodes that take the place of broken ones; always one where left out")
          .optional("maintenance", &C::maintenance, maintenance(), "planned windows; none where left out")
          .optional("stragglers", &C::stragglers, stragglers(), "slow devices; none where left out")
          .optional("runs", &C::runs, integer(1, 1000000), "to simulate; 2000 where left out")
          .applied(
              "seed", integer(0), [](C& c, int seed) { c.seed = static_cast<std::uint64_t>(seed); }, "1 where left out")
          .check_with([](const Node& node, C& c) {
            const G& goal = c.goal;
            if (goal.tokens.has_value() + goal.steps.has_value() + goal.lasts.has_value() != 1)
              node.error_at_key("says what is to be done in one of \"tokens\", \"steps\" and \"lasts\"");
            c.mark = node.tree().mark;
          })
          .form();
  return form;
}

}  // namespace headway
