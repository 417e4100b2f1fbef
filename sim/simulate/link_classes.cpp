#include "simulate/link_classes.h"

#include <cctype>
#include <map>

namespace headway {

std::string link_class(const std::string& name) {
  std::string out;
  bool in_number = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool digit = std::isdigit(static_cast<unsigned char>(name[i])) != 0;
    in_number = digit && (in_number || (i > 0 && name[i - 1] == ' '));
    if (!in_number)
      out += name[i];
    else if (out.back() == ' ')
      out.pop_back();
  }
  return out;
}

LinkClasses link_classes(const std::vector<LinkId>& links, const Fabric& fabric) {
  std::map<std::string, LinkId> first;  // the lowest of each class
  std::vector<std::string> name_of;
  for (const LinkId link : links) {
    const std::string& name = name_of.emplace_back(link_class(fabric.link_name(link)));
    const auto [at, fresh] = first.try_emplace(name, link);
    if (!fresh && link < at->second) at->second = link;
  }
  std::map<LinkId, std::string> in_order;
  for (const auto& [name, link] : first) in_order.emplace(link, name);
  LinkClasses classes;
  std::map<std::string, std::uint32_t> number;
  for (const auto& [link, name] : in_order) {
    number[name] = static_cast<std::uint32_t>(classes.names.size());
    classes.names.push_back(name);
  }
  for (const std::string& name : name_of) classes.class_of.push_back(number[name]);
  return classes;
}

}  // namespace headway
