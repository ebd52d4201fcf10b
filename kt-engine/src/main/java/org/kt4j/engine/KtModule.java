package org.kt4j.engine;

import static java.util.stream.Collectors.toCollection;

import com.google.inject.AbstractModule;
import com.google.inject.Module;
import com.google.inject.Provides;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.util.Modules;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.kt4j.api.FilterCriterionProvider;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.WeightCriterionProvider;
import org.kt4j.data.DatasetProvider;
import org.kt4j.engine.model.ModelOpener;
import org.kt4j.engine.network.NetworkProvider;
import org.kt4j.engine.registry.TaskNames;
import org.kt4j.engine.task.Task;
import org.kt4j.engine.task.TaskModule;

/**
 * The Guice module that every application installs. It binds the tasks on the class path with their
 * label terms, the networks, the data sets, and the openers of models of other tools. Methods are
 * bound by the modules that are installed beside it, or all of the class path are bound:
 *
 * <pre>{@code
 * Guice.createInjector(new KtModule(), new NstModule(), new KdModule(), new MyMethodModule());
 * Guice.createInjector(KtModule.fromClassPath());
 * }</pre>
 */
public final class KtModule extends AbstractModule {

  private static final TypeLiteral<KnowledgeTransferProvider<?>> METHOD = new TypeLiteral<>() {};
  private static final TypeLiteral<NetworkProvider<?>> NETWORK = new TypeLiteral<>() {};
  private static final TypeLiteral<DatasetProvider<?>> DATASET = new TypeLiteral<>() {};

  /** This module and every method that {@link ServiceLoader} finds. */
  public static Module fromClassPath() {
    return Modules.combine(
        new KtModule(),
        new AbstractModule() {
          @Override
          protected void configure() {
            var methods = Multibinder.newSetBinder(binder(), METHOD);
            for (KnowledgeTransferProvider<?> found :
                ServiceLoader.load(KnowledgeTransferProvider.class)) {
              methods.addBinding().toInstance(found);
            }
          }
        });
  }

  @Provides
  static TaskNames taskNames(Set<Task> tasks) {
    return new TaskNames(tasks.stream().map(Task::name).collect(toCollection(TreeSet::new)));
  }

  @Override
  protected void configure() {
    Multibinder.newSetBinder(binder(), METHOD);
    Multibinder.newSetBinder(binder(), Task.class);
    ServiceLoader.load(TaskModule.class).forEach(this::install);
    var networks = Multibinder.newSetBinder(binder(), NETWORK);
    for (NetworkProvider<?> found : ServiceLoader.load(NetworkProvider.class)) {
      networks.addBinding().toInstance(found);
    }
    var datasets = Multibinder.newSetBinder(binder(), DATASET);
    for (DatasetProvider<?> found : ServiceLoader.load(DatasetProvider.class)) {
      datasets.addBinding().toInstance(found);
    }
    var criteria =
        Multibinder.newSetBinder(binder(), new TypeLiteral<FilterCriterionProvider<?>>() {});
    for (FilterCriterionProvider<?> found : ServiceLoader.load(FilterCriterionProvider.class)) {
      criteria.addBinding().toInstance(found);
    }
    var weightCriteria =
        Multibinder.newSetBinder(binder(), new TypeLiteral<WeightCriterionProvider<?>>() {});
    for (WeightCriterionProvider<?> found : ServiceLoader.load(WeightCriterionProvider.class)) {
      weightCriteria.addBinding().toInstance(found);
    }
    var openers = Multibinder.newSetBinder(binder(), ModelOpener.class);
    for (ModelOpener found : ServiceLoader.load(ModelOpener.class)) {
      openers.addBinding().toInstance(found);
    }
  }
}
