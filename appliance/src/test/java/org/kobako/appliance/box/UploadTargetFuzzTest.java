package org.kobako.appliance.box;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

class UploadTargetFuzzTest {
  private static final List<String> METHODS = List.of("GET", "PUT", "POST", "DELETE", "HEAD");

  /** So that no two paths are about the same, and none leads out of an image's folder. */
  @FuzzTest(maxDuration = "30s")
  void whatIsUnderstoodIsWrittenInOneWayOnly(FuzzedDataProvider data) {
    String path = UploadTarget.PREFIX + data.consumeRemainingAsString();
    for (String method : METHODS) {
      UploadTarget.of(method, path)
          .ifPresent(target -> assertThat(written(target)).isEqualTo(method + " " + path));
    }
  }

  private static String written(UploadTarget target) {
    String image = UploadTarget.PREFIX + target.image();
    return switch (target) {
      case UploadTarget.Standing standing -> "GET " + image;
      case UploadTarget.Index it -> "PUT " + image + "/" + it.version() + ".index";
      case UploadTarget.Missing it -> "GET " + image + "/" + it.upload() + "/missing/" + it.from();
      case UploadTarget.Block it -> "PUT " + image + "/" + it.upload() + "/blocks/" + it.block();
      case UploadTarget.Publish it -> "POST " + image + "/" + it.upload() + "/current";
      case UploadTarget.End it -> "DELETE " + image + "/" + it.upload();
    };
  }
}
