// The C++23 standard library at work: containers, algorithms, ranges, text and numbers, streams.
//   (nothing)   a section a topic, the same output everywhere
//   words       counts the words on standard input and prints the ten most frequent
#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>
#include <complex>
#include <deque>
#include <expected>
#include <format>
#include <functional>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <print>
#include <queue>
#include <random>
#include <ranges>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace {

namespace views = std::views;

void Containers() {
  std::vector<int> numbers(1000);
  std::iota(numbers.begin(), numbers.end(), 1);
  std::mt19937 random(42);  // the standard fixes its sequence; that of std::shuffle it does not
  std::map<unsigned, int> shuffled;
  for (int number : numbers) shuffled.emplace(random(), number);
  std::unordered_map<int, std::string> names;
  for (int number : numbers) names[number] = std::to_string(number);
  std::deque<int> window;
  for (auto [key, number] : shuffled | views::take(5)) window.push_front(number);
  std::list<int> list(window.begin(), window.end());
  list.sort();
  std::set<std::string> sorted;
  for (int number : window) sorted.insert(names.at(number));
  std::println("containers: {} {} {} {}", window, list, sorted, names.bucket_count() >= 1000);

  std::priority_queue<int, std::vector<int>, std::greater<>> queue;
  for (int number : window) queue.push(number % 100);
  std::print("queue:");
  for (; !queue.empty(); queue.pop()) std::print(" {}", queue.top());
  std::println(" bits: {}", std::bitset<12>(0xabc).to_string());
}

void Algorithms() {
  std::mt19937_64 random(7);
  std::vector<uint64_t> values(50'000);
  std::ranges::generate(values, random);
  std::vector<uint64_t> stable = values, heap = values, partial = values;
  std::ranges::sort(values);
  std::ranges::stable_sort(stable);
  std::ranges::make_heap(heap);
  std::ranges::sort_heap(heap);
  std::ranges::nth_element(partial, partial.begin() + 25'000);
  std::println("sorted: {} {} median {}", values == stable, values == heap,
               partial[25'000] == values[25'000]);

  std::string letters = "abcd";
  int permutations = 0;
  while (std::ranges::next_permutation(letters).found) ++permutations;
  auto squares = views::iota(1) | views::transform([](int n) { return n * n; }) |
                 views::filter([](int n) { return n % 3 == 1; }) | views::take(6);
  std::println("permutations: {} squares: {} sum: {}", permutations, squares,
               std::ranges::fold_left(squares, 0, std::plus<>()));
  std::map<int, std::string> by_length;
  for (auto [length, word] : views::zip(views::iota(1), letters | views::reverse)) {
    by_length.emplace(length, std::string(length, word));
  }
  std::println("joined: {}",
               by_length | views::values | views::join | std::ranges::to<std::string>());
}

void Text() {
  std::string_view sentence = "the quick  brown fox";
  for (auto word : sentence | views::split(' ')) std::print("[{}]", std::string_view(word));
  std::println();
  std::regex date(R"((\d{4})-(\d{2})-(\d{2}))");
  std::println("regex: {}", std::regex_replace("from 2026-11-21 on", date, "$3.$2.$1"));
  std::println("format: [{:>8}] [{:^8}] [{:08.3f}] [{:#x}] [{:+e}] [{:?}]", "right", "mid", 3.14159,
               255, 12345.678, "a\t\"b\"");

  std::array<char, 64> buffer;
  for (double value : {0.1, 1e100, 5e-324, 1.0 / 3}) {
    auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    std::print("{} ", std::string_view(buffer.data(), end));
  }
  int parsed = 0;
  std::string_view number = "-2147483648x";
  auto [rest, error] = std::from_chars(number.data(), number.data() + number.size(), parsed);
  std::println("{} {}", parsed, *rest);

  std::ostringstream out;
  out << std::hex << std::showbase << 255 << ' ' << std::boolalpha << true << ' ' << 2.5;
  std::istringstream in("12 3.5 word");
  int whole = 0;
  double fraction = 0;
  std::string word;
  in >> whole >> fraction >> word;
  std::println("streams: {} | {} {} {}", out.str(), whole, fraction, word);
}

std::expected<int, std::string> Parse(std::string_view text) {
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return std::unexpected(std::format("'{}'", text));
  return value;
}

struct Shape {
  virtual ~Shape() { std::print("~"); }
  virtual double Area() const = 0;
};

struct Square : Shape {
  explicit Square(double side) : side(side) {}
  double Area() const override { return side * side; }
  double side;
};

void Vocabulary() {
  for (std::string_view text : {"12", "1x", ""}) {
    auto doubled = Parse(text).transform([](int n) { return 2 * n; });
    std::print("{} ", doubled ? std::to_string(*doubled) : doubled.error());
  }
  std::variant<int, std::string> value = "text";
  std::println("{} {}", std::visit([](auto& v) { return std::format("{}", v); }, value),
               std::optional<int>().value_or(-1));

  std::vector<std::unique_ptr<Shape>> shapes;
  for (double side : {1.5, 2.0}) shapes.push_back(std::make_unique<Square>(side));
  std::function<double()> area = [&] {
    return std::transform_reduce(shapes.begin(), shapes.end(), 0.0, std::plus<>(),
                                 [](auto& shape) { return shape->Area(); });
  };
  auto shared = std::make_shared<Square>(3);
  std::weak_ptr<Square> weak = shared;
  std::print("area: {} {} ", area(), weak.lock()->Area());
  shared.reset();
  shapes.clear();
  std::println(" {} {:.3f}", weak.expired(), std::abs(std::polar(2.0, 1.0)));
}

void CountWords(std::istream& in) {
  std::unordered_map<std::string, int> counts;
  for (std::string word; in >> word;) ++counts[word];
  std::vector<std::pair<std::string, int>> words(counts.begin(), counts.end());
  std::ranges::sort(words, [](auto& a, auto& b) {
    return std::pair(-a.second, std::string_view(a.first)) <
           std::pair(-b.second, std::string_view(b.first));
  });
  std::cout << words.size() << " different words\n";
  for (auto& [word, count] : words | views::take(10)) std::cout << count << '\t' << word << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "words") {
    CountWords(std::cin);
    return 0;
  }
  Containers();
  Algorithms();
  Text();
  Vocabulary();
}
