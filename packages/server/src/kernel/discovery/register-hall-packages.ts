// For `node --import`: whoever runs a module's own tests shares the hall's packages too.
import { shareHallPackages } from "./hall-packages.ts";

shareHallPackages();
