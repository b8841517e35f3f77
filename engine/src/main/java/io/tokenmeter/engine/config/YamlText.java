package io.tokenmeter.engine.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** One YAML text as settings that know their lines. What is wrong with it goes to the problems. */
final class YamlText {
  /** More than any configuration needs; aliases of aliases end here. */
  private static final int MAX_NODES = 100_000;

  private static final int MAX_DEPTH = 32;

  private final Place start;
  private final Problems problems;
  private int nodes;

  private YamlText(Place start, Problems problems) {
    this.start = start;
    this.problems = problems;
  }

  /**
   * @param start with line 1 the settings know their lines; with line 0 only the origin
   * @return empty if the text holds nothing, or is no YAML
   */
  static Optional<Setting> parse(String text, Place start, Problems problems) {
    try {
      YamlText yaml = new YamlText(start, problems);
      LoadSettings settings = LoadSettings.builder().setAllowNonScalarKeys(true).build();
      return new Compose(settings).composeString(text).map(root -> yaml.setting(root, "", 0));
    } catch (MarkedYamlEngineException malformed) {
      // Its message quotes the text, which may hold secrets; the problem alone does not.
      Place place = at(start, malformed.getProblemMark());
      problems.error(place, "", "this is not YAML: " + malformed.getProblem());
    } catch (ReaderException unreadable) {
      problems.error(start, "", "this is not YAML: it holds characters that YAML does not allow");
    } catch (YamlEngineException unusable) {
      problems.error(start, "", "this YAML cannot be used: " + unusable.getMessage());
    }
    return Optional.empty();
  }

  private Setting setting(Node node, String path, int depth) {
    Place place = at(start, node.getStartMark());
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) {
      if (nodes <= MAX_NODES + 1) {
        problems.error(place, path, "is nested too deep, or too much by aliases");
        nodes = MAX_NODES + 1;
      }
      return new Setting.Scalar("", place);
    }
    if (node instanceof MappingNode mapping) {
      return table(mapping, path, depth, place);
    }
    if (node instanceof SequenceNode sequence) {
      List<Setting> items = new ArrayList<>();
      for (Node item : sequence.getValue()) {
        items.add(setting(item, path + "[" + items.size() + "]", depth + 1));
      }
      return new Setting.Items(items, place);
    }
    ScalarNode scalar = (ScalarNode) node;
    boolean noValue = scalar.isPlain() && scalar.getValue().equals("null");
    return new Setting.Scalar(noValue ? "" : scalar.getValue(), place);
  }

  private Setting table(MappingNode mapping, String path, int depth, Place place) {
    Map<String, Setting> entries = new LinkedHashMap<>();
    Map<String, Place> seen = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Place keyPlace = at(start, tuple.getKeyNode().getStartMark());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        problems.error(keyPlace, path, "expected a plain word as the key");
        continue;
      }
      String keyPath = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
      Place before = seen.putIfAbsent(key.getValue(), keyPlace);
      if (before != null) {
        problems.error(keyPlace, keyPath, "stands here a second time; first at " + before);
        continue;
      }
      entries.put(
          key.getValue(), placed(setting(tuple.getValueNode(), keyPath, depth + 1), keyPlace));
    }
    return new Setting.Table(entries, place);
  }

  /** A table or list is where its key is, not where its first entry is. */
  private static Setting placed(Setting setting, Place keyPlace) {
    if (setting instanceof Setting.Table table) {
      return new Setting.Table(table.entries(), keyPlace);
    }
    if (setting instanceof Setting.Items items) {
      return new Setting.Items(items.items(), keyPlace);
    }
    return setting;
  }

  private static Place at(Place start, Optional<Mark> mark) {
    return start.line() == 0
        ? start
        : new Place(start.origin(), mark.map(m -> m.getLine() + 1).orElse(start.line()));
  }
}
