// Runs a fuzz target without libFuzzer: over every file of its corpus, and over seeded mutations of
// them (cut, flip, grow, splice), so that each build, gcc's and the sanitizers' too, meets hostile
// bytes. Usage: fuzz_<surface> CORPUS [SEED [RUNS]]
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

std::vector<Input> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> names;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      names.push_back(entry.path());
  }
  std::sort(names.begin(), names.end());
  std::vector<Input> inputs = {{}, {0}, Input(64, 0xff)};
  for (const auto& name : names) {
    std::ifstream in(name, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return inputs;
}

Input mutated(const std::vector<Input>& inputs, std::mt19937_64& random) {
  Input out = inputs[random() % inputs.size()];
  for (std::uint64_t changes = 1 + random() % 4; changes-- > 0;) {
    const std::size_t at = out.empty() ? 0 : random() % out.size();
    switch (random() % 5) {
      case 0:
        out.resize(at);
        break;
      case 1:
        if (!out.empty()) out[at] = static_cast<std::uint8_t>(out[at] ^ (1U << random() % 8));
        break;
      case 2:
        out.insert(out.begin() + static_cast<std::ptrdiff_t>(at),
                   static_cast<std::uint8_t>(random()));
        break;
      case 3:
        if (!out.empty()) out[at] = static_cast<std::uint8_t>(random());
        break;
      case 4: {
        const Input& other = inputs[random() % inputs.size()];
        out.insert(out.end(), other.begin(), other.end());
        break;
      }
    }
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  const std::uint64_t runs = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 5000;
  const std::vector<Input> inputs = read_corpus(argc > 1 ? argv[1] : "");
  for (const Input& input : inputs) LLVMFuzzerTestOneInput(input.data(), input.size());
  std::mt19937_64 random(seed);
  for (std::uint64_t run = 0; run < runs; ++run) {
    const Input input = mutated(inputs, random);
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::printf("%zu inputs and %llu mutations, seed %llu\n", inputs.size(),
              static_cast<unsigned long long>(runs), static_cast<unsigned long long>(seed));
  return 0;
}
