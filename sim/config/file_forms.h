// What the files of the catalogue say, one form each (device_form.cpp, link_form.cpp ...).
#pragma once

#include "cluster/cluster.h"
#include "cluster/restrict.h"
#include "config/form.h"
#include "hardware/device.h"
#include "network/network_spec.h"
#include "operations/campaign.h"
#include "operations/prices.h"
#include "training/model.h"
#include "training/recipe.h"
#include "training/software.h"
#include "work/placement.h"

namespace headway {

[[nodiscard]] const Form<Device>& device_form();
[[nodiscard]] const Form<LinkTechnology>& link_form();
[[nodiscard]] const Form<Cluster>& cluster_form();
[[nodiscard]] const Form<Model>& model_form();
[[nodiscard]] const Form<Recipe>& recipe_form();
[[nodiscard]] const Form<Software>& software_form();
[[nodiscard]] const Form<Reliability>& reliability_form();
[[nodiscard]] const Form<Prices>& prices_form();

// A run of weeks (campaign_form.cpp).
[[nodiscard]] const Form<Campaign>& campaign_form();

// A model by name, in place, or as a Hugging Face config.json.
[[nodiscard]] const Form<Model>& model_reference();

// One what-if of a scenario's `restrict`, and the same as a person would say it.
struct SaidRestriction {
  Restriction restriction;
  std::string words;
};
[[nodiscard]] const Form<SaidRestriction>& restriction_form();

// Where ranks go; whether a list is one of all the cluster's devices shows only beside the cluster.
[[nodiscard]] const Form<RankPlacement>& placement_form();
void check_placement(const Node& workload, const RankPlacement& placement, int devices);

}  // namespace headway
