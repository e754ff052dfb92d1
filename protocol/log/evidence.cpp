#include "log/evidence.hpp"
